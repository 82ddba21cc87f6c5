using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Nexus.Guest.AspNetCore;

/// <summary>Exchanges the server among a host's services.</summary>
internal static class ServerReplacement
{
    /// <summary>Hosts without a server, such as workers, stay as they are.</summary>
    public static void Apply(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(IServer)))
        {
            services.RemoveAll<IServer>();
            services.AddSingleton<IServer, ChannelServer>();
        }
    }
}
