using System.Globalization;
using Amazon.Lambda.Core;

namespace Nexus.DirectHost;

/// <summary>The context of a direct invocation; function name and memory come from the environment as on Lambda.</summary>
internal sealed class DirectContext(Invocation invocation) : ILambdaContext, ILambdaLogger
{
    public string AwsRequestId => invocation.RequestId;

    public IClientContext ClientContext => null!;

    public string FunctionName => Variable("AWS_LAMBDA_FUNCTION_NAME", "direct");

    public string FunctionVersion => Variable("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");

    public ICognitoIdentity Identity => null!;

    public string InvokedFunctionArn => $"arn:aws:lambda:us-east-1:000000000000:function:{FunctionName}";

    public ILambdaLogger Logger => this;

    public string LogGroupName => $"/aws/lambda/{FunctionName}";

    public string LogStreamName => "direct";

    public int MemoryLimitInMB => int.Parse(Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"), CultureInfo.InvariantCulture);

    public TimeSpan RemainingTime => invocation.Deadline - DateTimeOffset.UtcNow;

    public void Log(string message) => Console.Write(message);

    public void LogLine(string message) => Console.WriteLine(message);

    private static string Variable(string name, string otherwise) => Environment.GetEnvironmentVariable(name) ?? otherwise;
}
