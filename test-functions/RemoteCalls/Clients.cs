using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
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
}
