using System.Runtime.InteropServices;
using Nexus.Backend.Images;
using Nexus.Backend.Sandbox;
using Nexus.Channel;

namespace Nexus.Backend.Instances;

/// <summary>Snapshots of images' machines in files, for whoever makes or looks at them by hand.</summary>
/// <param name="services">Of a node whose virtual machines are made of the image.</param>
/// <param name="keyFile">The node's key.</param>
public sealed class MachineSnapshots(InstanceServices services, string keyFile)
{
    private VirtualMachineSandbox Sandbox => (VirtualMachineSandbox)services.SandboxFor("vm");

    private SnapshotFile Files => new(services.Machines.Programs, keyFile);

    /// <summary>Boots the image until its function is made, and writes the snapshot.</summary>
    /// <exception cref="Diagnostics.NexusException">NEXUS0214.</exception>
    /// <exception cref="MonitorException">The monitor refused.</exception>
    public async Task TakeAsync(MachineImage image, string folder, string path)
    {
        var function = image.ToFunction(folder);
        var region = ChannelRegion.Create(services.ChannelOptions);
        // Only its size matters: each clone has a region of its own.
        var descriptors = new Dictionary<int, SafeHandle> { [3] = region.Descriptor! };
        var guest =
            await Sandbox.SuspendAsync(LaunchSpecification.Of(function, descriptors)).ConfigureAwait(false)
            ?? throw SandboxDiagnostics.NoSnapshot.With(image.Name);
        using (guest)
        {
            await Files.SaveAsync(guest, image.Digest, path).ConfigureAwait(false);
        }
    }

    /// <summary>Checks a snapshot and has the image's function start from it.</summary>
    /// <exception cref="MonitorException">NEXUS0930 to NEXUS0934.</exception>
    public async Task UseAsync(MachineImage image, string path) =>
        Sandbox.UseSnapshot(image.Name, await Files.LoadAsync(path, image.Digest).ConfigureAwait(false));

    /// <summary>What there is to say about a snapshot that was checked, by name.</summary>
    /// <exception cref="MonitorException">NEXUS0930 to NEXUS0932, NEXUS0934.</exception>
    public static Task<IReadOnlyDictionary<string, string>> InspectAsync(string programs, string keyFile, string path) =>
        new SnapshotFile(programs, keyFile).InspectAsync(path);
}
