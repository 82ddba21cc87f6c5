using System.Diagnostics;
using Microsoft.AspNetCore.Hosting;

[assembly: HostingStartup(typeof(Nexus.Guest.AspNetCore.ServerHostingStartup))]

namespace Nexus.Guest.AspNetCore;

/// <summary>
/// Puts the channel's server in Kestrel's place in every host this process builds. Generic hosts, <c>WebApplication</c> among them, announce themselves by a
/// diagnostic event while they are built; the older <c>WebHostBuilder</c> loads hosting start-ups instead.
/// </summary>
public static class ServerInterception
{
    private const string HostingStartups = "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES";
    private static int _registered;

    /// <summary>Called before the program builds a host; does nothing without a channel, and nothing the second time.</summary>
    public static void Register()
    {
        if (!GuestChannel.IsOffered || Interlocked.Exchange(ref _registered, 1) != 0)
        {
            return;
        }

        GuestChannel.ServeCalls(ServerDirectory.OnCall);
        DiagnosticListener.AllListeners.Subscribe(new HostBuildingObserver());
        var own = typeof(ServerInterception).Assembly.GetName().Name!;
        var others = Environment.GetEnvironmentVariable(HostingStartups);
        Environment.SetEnvironmentVariable(HostingStartups, string.IsNullOrEmpty(others) ? own : $"{others};{own}");
    }
}
