using Amazon.Lambda.Core;

namespace BenchCalls;

/// <summary>The same function with its DynamoDB client made in the constructor, as most functions have it.</summary>
public class EagerFunction
{
    private readonly Calls _calls = new();

    public EagerFunction() => _calls.MakeClient();

    public Task<CallFigures> FunctionHandler(CallRequest request, ILambdaContext context) => _calls.RunAsync(request);
}
