using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace BenchRemote;

/// <summary>Makes the calls that its event asks for and tells how long they took.</summary>
public class Function
{
    private readonly Calls _calls = new();

    public Task<CallFigures> FunctionHandler(CallRequest request, ILambdaContext context) => _calls.RunAsync(request);
}
