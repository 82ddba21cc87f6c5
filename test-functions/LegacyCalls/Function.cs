using System.Text;
using Amazon.Lambda.Core;
using Grpc.Core;
using Grpc.Core.Interceptors;
using RemoteCalls;
using RemoteCalls.Trials;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace LegacyCalls;

/// <summary>Calls another service through Grpc.Core, the library with native code, and reports what it saw, by scenario.</summary>
public class Function
{
    public async Task<Dictionary<string, string>> FunctionHandler(LegacyRequest request, ILambdaContext context)
    {
        var address = new Uri(
            Environment.GetEnvironmentVariable(request.Server) ?? throw new ArgumentException($"{request.Server} is not set.")
        );
        var outcomes = new Dictionary<string, string>();
        foreach (var name in request.Scenarios)
        {
            context.Logger.LogLine($"{request.Client}: {name}");
            outcomes[name] = await Outcome.OfAsync(seen => RunAsync(request.Client, name, address, seen));
        }

        return outcomes;
    }

    private static async Task RunAsync(string client, string name, Uri address, StringBuilder seen)
    {
        if (client == "channel")
        {
            await ChannelScenarios.All[name](address, seen);
            return;
        }

        var channel = ChannelScenarios.Channel(address);
        try
        {
            await (
                client switch
                {
                    "misbehaving" => Misbehaving.RunAsync(channel.CreateCallInvoker(), name, seen),
                    "interceptor" => Scenarios.All[name](new Trial.TrialClient(channel.Intercept(new CountingInterceptor())), seen),
                    _ => Scenarios.All[name](new Trial.TrialClient(channel), seen),
                }
            );
        }
        finally
        {
            await channel.ShutdownAsync();
        }
    }
}
