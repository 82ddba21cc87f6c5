using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace RemoteCalls;

/// <summary>Calls another service as the event says and reports what it saw.</summary>
public class Function
{
    public async Task<string> FunctionHandler(RemoteRequest request, ILambdaContext context)
    {
        var address = Environment.GetEnvironmentVariable(request.Server) ?? throw new ArgumentException($"{request.Server} is not set.");
        context.Logger.LogLine($"{request.Client}: {request.Scenario}");
        return await Outcome.OfAsync(seen =>
            request.Client switch
            {
                "codeFirst" => CodeFirst.RunAsync(address, seen),
                "repeated" => Repeats.All[request.Scenario](address, seen),
                "misbehaving" => Misbehaving.RunAsync(Clients.Invoker(address), request.Scenario, seen),
                _ => Scenarios.All[request.Scenario](Clients.Of(request, address), seen),
            }
        );
    }
}
