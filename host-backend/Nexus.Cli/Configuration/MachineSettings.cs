using Nexus.Backend.Sandbox;

namespace Nexus.Cli.Configuration;

/// <summary>What virtual machines are made from, by the settings of the node.</summary>
internal static class MachineSettings
{
    /// <summary>The keys, for commands that take only some of the node's.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["vmKernel", "vmModules", "vmKernelParameters", "vmPrograms"];

    /// <summary>The key of snapshots in files, in the cache's folder.</summary>
    public const string KeyName = "snapshot.key";

    /// <param name="values">Settings.</param>
    /// <param name="cacheFolder">The cache; images are a part of it.</param>
    public static VirtualMachineOptions Read(SettingValues values, string cacheFolder)
    {
        var options = new VirtualMachineOptions
        {
            Kernel = values.Text("vmKernel"),
            ModuleFolder = values.Text("vmModules"),
            KernelParameters = values.Text("vmKernelParameters"),
            Images = Path.Combine(cacheFolder, "images"),
            Snapshots = Path.Combine(cacheFolder, "snapshots"),
            SnapshotKey = Path.Combine(cacheFolder, KeyName),
        };
        return values.Text("vmPrograms") is { Length: > 0 } folder ? options with { Programs = folder } : options;
    }
}
