using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Monitor;

/// <summary>What the monitor does with files instead of running a machine: snapshots in and out of memfds, and saying what a file is.</summary>
internal static class SnapshotFiles
{
    /// <param name="command">The first word.</param>
    /// <param name="words">Pairs of <c>--name value</c>; a file is a path, or <c>fd:N</c> for a descriptor that was passed in.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0910, NEXUS0912, NEXUS0930 to NEXUS0934.</exception>
    public static int Run(string command, string[] words)
    {
        switch (command)
        {
            case "save":
                using (var file = Stream(Value(words, "--file"), FileAccess.Write))
                {
                    SuspendedMachine.Save(Open(words, "--memory"), Open(words, "--state"), Media(words), file, Key(words));
                }

                return 0;
            case "load":
                using (var file = Stream(Value(words, "--file"), FileAccess.Read))
                {
                    SuspendedMachine.Load(file, Key(words), Media(words), Open(words, "--memory"), Open(words, "--state"));
                }

                return 0;
            case "inspect":
                using (var file = Stream(Value(words, "--file"), FileAccess.Read))
                {
                    Print(file.Length, VerifiedSnapshot.Read(file, Key(words)));
                }

                return 0;
            case "kernel":
                var kernel = MonitorArguments.ReadAll(Value(words, "--file"));
                var image = KernelImage.Parse(kernel);
                Say("kind", image is ElfKernel ? "vmlinux" : "bzImage");
                Say("pvh", image.PvhEntry is null ? "no" : "yes");
                Say("memory-bytes", Text((long)image.End));
                return 0;
            default:
                throw VmmDiagnostics.BadMachine.With($"{command} is no command");
        }
    }

    private static void Print(long fileBytes, VerifiedSnapshot snapshot)
    {
        using (snapshot)
        {
            var state = StateSummary.Of(snapshot.State);
            Say("version", Text(SnapshotFormat.Version));
            Say("file-bytes", Text(fileBytes));
            Say("memory-bytes", Text(snapshot.MemoryBytes));
            Say("stored-bytes", Text(snapshot.Runs.Sum(static r => (long)r.Count) * SnapshotFormat.PageBytes));
            Say("runs", Text(snapshot.Runs.Count));
            Say("state-bytes", Text(snapshot.State.Length));
            Say("registers", Text(state.Registers));
            Say("saved-at", state.SavedAt.ToString("o", CultureInfo.InvariantCulture));
            Say("devices", "serial " + string.Join(' ', state.Devices));
            Say("images", Convert.ToHexStringLower(snapshot.Media.Span));
            Say("cpu", CpuFeatures.Brand(state.Cpuid));
            Say("cpu-digest", Convert.ToHexStringLower(snapshot.Cpu.Span));
            Say("cpu-features", CpuFeatures.Names(state.Cpuid));
            Say("cpu-fits", FitsHere(snapshot));
        }
    }

    private static string FitsHere(VerifiedSnapshot snapshot)
    {
        try
        {
            using var kvm = KvmSystem.Open();
            return CpuIdentity.Of(GuestCpuid.For(kvm)).AsSpan().SequenceEqual(snapshot.Cpu.Span) ? "yes" : "no";
        }
        catch (Nexus.Diagnostics.NexusException)
        {
            return "unknown";
        }
    }

    private static void Say(string name, string value) => Console.WriteLine($"{name}={value}");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Key(string[] words)
    {
        var key = MonitorArguments.ReadAll(Value(words, "--key"));
        return key.Length == SnapshotFormat.KeyBytes
            ? key
            : throw VmmDiagnostics.BadMachine.With($"a key of {key.Length} bytes where {SnapshotFormat.KeyBytes} belong");
    }

    private static byte[] Media(string[] words) =>
        Value(words, "--images") is { Length: SnapshotFormat.MediaBytes * 2 } text
            ? Convert.FromHexString(text)
            : throw VmmDiagnostics.BadMachine.With("--images needs a SHA-256");

    private static OwnedDescriptor Open(string[] words, string name) => MonitorArguments.Open(Value(words, name));

    private static FileStream Stream(string file, FileAccess access) =>
        file.StartsWith("fd:", StringComparison.Ordinal)
            ? new FileStream(new SafeFileHandle((nint)MonitorArguments.Number(file[3..]), ownsHandle: true), access, 1 << 20)
            : throw VmmDiagnostics.BadMachine.With("--file needs a descriptor");

    private static string Value(string[] words, string name)
    {
        var at = Array.IndexOf(words, name);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : throw VmmDiagnostics.BadMachine.With($"no {name}");
    }
}
