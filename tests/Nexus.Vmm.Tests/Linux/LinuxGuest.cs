using System.Diagnostics;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Linux;

/// <summary>A stock kernel with the test's first program.</summary>
internal static class LinuxGuest
{
    public const long MemoryBytes = 256 << 20;

    public static VirtualMachine Boot(
        KvmSystem kvm,
        GuestParts parts,
        string scenario,
        MachineOptions? options = null,
        string parameters = "",
        Action<byte>? output = null
    ) =>
        VirtualMachine.Boot(
            kvm,
            (options ?? new MachineOptions()) with
            {
                MemoryBytes = MemoryBytes,
                SerialOutput = output ?? LiveConsole.Show,
            },
            new BootOptions
            {
                Kernel = parts.Uncompressed,
                Initrd = parts.Initrd(),
                CommandLine = $"{BootOptions.DefaultCommandLine} {parts.Parameters} nexus.test={scenario} {parameters}".TrimEnd(),
            }
        );

    /// <summary>Waits until the guest has printed something.</summary>
    public static async Task Prints(this VirtualMachine machine, string text)
    {
        var watch = Stopwatch.StartNew();
        while (!machine.ConsoleText.Contains(text, StringComparison.Ordinal))
        {
            Assert.IsFalse(machine.Exit.IsCompleted, $"{(machine.Exit.IsCompleted ? machine.Exit.Result : null)} {machine.ConsoleText}");
            Assert.IsLessThan(45, watch.Elapsed.TotalSeconds, $"no '{text}' in: {machine.ConsoleText}");
            await Task.Delay(5);
        }
    }
}
