using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RemoteCalls.Trials;

namespace RemoteCalls;

/// <summary>The ways to make a client.</summary>
internal static class Clients
{
    public static CallInvoker Invoker(string address) => GrpcChannel.ForAddress(address).CreateCallInvoker();

    public static Trial.TrialClient Of(RemoteRequest request, string address)
    {
        var options = new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = request.ThrowsCanceled };
        switch (request.Client)
        {
            case "httpClient":
                options.HttpClient = new HttpClient();
                break;
            case "static":
                return OfSeveral(request.Client, address, options);
            case "dns":
                options.ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } };
                return OfSeveral(request.Client, address, options);
            case "factory":
                var services = new ServiceCollection();
                services
                    .AddGrpcClient<Trial.TrialClient>(client => client.Address = new Uri(address))
                    .ConfigureChannel(channel => channel.ThrowOperationCanceledOnCancellation = request.ThrowsCanceled);
                return services.BuildServiceProvider().GetRequiredService<Trial.TrialClient>();
            case "interceptor":
                return new Trial.TrialClient(GrpcChannel.ForAddress(address, options).Intercept(new CountingInterceptor()));
        }

        return new Trial.TrialClient(GrpcChannel.ForAddress(address, options));
    }

    /// <summary>Of a channel with several servers: nobody and the server, or all addresses of a name.</summary>
    public static Trial.TrialClient OfSeveral(string scheme, string address, GrpcChannelOptions options)
    {
        options.Credentials = ChannelCredentials.Insecure;
        if (scheme == "dns")
        {
            return new Trial.TrialClient(GrpcChannel.ForAddress($"dns:///localhost:{new Uri(address).Port}", options));
        }

        options.ServiceProvider = new ServiceCollection()
            .AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => Addresses(address)))
            .BuildServiceProvider();
        return new Trial.TrialClient(GrpcChannel.ForAddress("static:///trials", options));
    }

    /// <summary>Nobody, then the server.</summary>
    private static IEnumerable<BalancerAddress> Addresses(string address) =>
        new[] { Environment.GetEnvironmentVariable("NOBODY_URL")!, address }
            .Select(static server => new Uri(server))
            .Select(static server => new BalancerAddress(server.Host, server.Port));
}
