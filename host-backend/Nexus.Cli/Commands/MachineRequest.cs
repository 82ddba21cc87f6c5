using Nexus.Cli.Configuration;

namespace Nexus.Cli.Commands;

/// <summary>What a command of <c>nexus vm</c> was asked for.</summary>
/// <param name="Image">The image's folder.</param>
/// <param name="EventFile">An event to invoke it with; null for none.</param>
/// <param name="File">The snapshot; null for the one in the image's folder.</param>
/// <param name="Append">Further words for the kernel's command line.</param>
/// <param name="Given">Settings of the node.</param>
/// <param name="Json">Whether it prints JSON.</param>
/// <param name="Cancellation">Ends it.</param>
internal sealed record MachineRequest(
    string Image,
    string? EventFile,
    string? File,
    string Append,
    SettingValues Given,
    bool Json,
    CancellationToken Cancellation
)
{
    public string Cache => Given.Text("cache") is { Length: > 0 } folder ? folder : HostVariables.CacheFolder;

    /// <summary>The key that this node's snapshots are authenticated with.</summary>
    public string KeyFile => Path.Combine(Cache, MachineSettings.KeyName);
}
