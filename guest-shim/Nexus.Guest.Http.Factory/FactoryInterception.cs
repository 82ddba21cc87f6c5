using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;

namespace Nexus.Guest.Http.Factory;

/// <summary>The entry points that the rewriting rules call.</summary>
public static class FactoryInterception
{
    /// <summary>What <c>AddHttpClient</c> returned, with the filter among its services if this process has a channel.</summary>
    public static IHttpClientBuilder Attach(IHttpClientBuilder builder)
    {
        Attach(builder.Services);
        return builder;
    }

    /// <summary>The services a factory was added to, with the filter among them if this process has a channel.</summary>
    public static IServiceCollection Attach(IServiceCollection services)
    {
        if (GuestChannel.Current is not null)
        {
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, ChannelHandlerFilter>());
        }

        return services;
    }
}
