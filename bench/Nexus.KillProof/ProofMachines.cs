using Nexus.Backend.Sandbox;
using Nexus.TestKit;
using Nexus.TestKit.Machines;

namespace Nexus.KillProof;

/// <summary>What the virtual machines of one run are made from; their monitors are known by a mark at the end of their program, which they have for themselves.</summary>
/// <param name="Kernel">The guests' kernel.</param>
/// <param name="KernelParameters">What its command line needs.</param>
/// <param name="Programs">Folder of this run's monitor and first program.</param>
/// <param name="Snapshots">Folder of the snapshots that one backend leaves to the next.</param>
internal sealed record ProofMachines(string Kernel, string KernelParameters, string Programs, string Snapshots)
{
    private const string Monitor = "nexus-vmm";

    /// <exception cref="PlatformNotSupportedException">There are no virtual machines here; the message says why.</exception>
    public static async Task<ProofMachines> CreateAsync(string folder, string run)
    {
        var (machines, missing) = await MachineSupport.FindAsync();
        if (machines is null)
        {
            throw new PlatformNotSupportedException(missing);
        }

        var programs = Directory.CreateDirectory(Path.Combine(folder, "programs")).FullName;
        foreach (var name in VirtualMachineOptions.ProgramNames)
        {
            File.Copy(Path.Combine(MachineSupport.Programs, name), Path.Combine(programs, name));
        }

        // The system does not care what comes behind a program.
        await File.AppendAllTextAsync(Path.Combine(programs, Monitor), run);
        // Monitors are nobody.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        return new ProofMachines(machines.Kernel.Path, machines.Kernel.Parameters, programs, Path.Combine(folder, "snapshots"));
    }

    public VirtualMachineOptions Options =>
        new()
        {
            Kernel = Kernel,
            KernelParameters = KernelParameters,
            Programs = Programs,
            Images = RepositoryRoot.Combine("artifacts", "vm", "images"),
            Snapshots = Snapshots,
            SnapshotKey = Snapshots + ".key",
        };

    /// <summary>Whether a process, by its folder in /proc, is a monitor of the run.</summary>
    public static bool IsMonitor(string process, string run)
    {
        try
        {
            using var program = File.OpenRead(process + "/exe");
            var mark = new byte[run.Length];
            program.Seek(-mark.Length, SeekOrigin.End);
            program.ReadExactly(mark);
            return System.Text.Encoding.ASCII.GetString(mark) == run;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is none of ours.
            return false;
        }
    }
}
