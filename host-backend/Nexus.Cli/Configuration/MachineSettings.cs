using Nexus.Backend.Sandbox;

namespace Nexus.Cli.Configuration;

/// <summary>What virtual machines are made from, by the settings of the node.</summary>
internal static class MachineSettings
{
    /// <summary>The keys, for commands that take only some of the node's.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["vmKernel", "vmModules", "vmKernelParameters", "vmPrograms"];

    /// <summary>Those of a node that keeps snapshots.</summary>
    public static IReadOnlyList<string> SnapshotKeys { get; } = [SnapshotHours, SnapshotMb];

    private const string SnapshotHours = "vmSnapshotHours";
    private const string SnapshotMb = "vmSnapshotMb";

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
        if (values.Has(SnapshotHours))
        {
            options = options with { SnapshotAge = TimeSpan.FromHours(values.Integer(SnapshotHours)) };
        }

        if (values.Has(SnapshotMb))
        {
            options = options with { SnapshotBytes = values.Integer(SnapshotMb) * 1048576L };
        }

        if (options.SnapshotAge == TimeSpan.Zero || options.SnapshotBytes == 0)
        {
            options = options with { Snapshots = "" };
        }

        return values.Text("vmPrograms") is { Length: > 0 } folder ? options with { Programs = folder } : options;
    }
}
