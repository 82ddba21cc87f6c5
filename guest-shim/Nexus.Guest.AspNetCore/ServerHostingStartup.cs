using Microsoft.AspNetCore.Hosting;

namespace Nexus.Guest.AspNetCore;

/// <summary>
/// Reaches programs that build a <c>WebHostBuilder</c> by themselves: it runs a hosting start-up before the program's own service delegates and appends what that adds,
/// so that the replacement comes last.
/// </summary>
internal sealed class ServerHostingStartup : IHostingStartup
{
    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(static services => ServerReplacement.Apply(services));
}
