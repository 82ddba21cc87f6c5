using System.Text;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>Puts kernel, initial file system, command line and boot data into a new guest's memory.</summary>
internal static class BootLoader
{
    // What a kernel needs besides itself before it can free anything.
    private const ulong WorkingRoom = 16 << 20;

    /// <summary>Loads everything; the processor can then be started with the same arguments.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0911, NEXUS0912.</exception>
    public static void Load(GuestMemory memory, KernelImage kernel, BootProtocol protocol, ReadOnlySpan<byte> initrd, string commandLine)
    {
        if (protocol == BootProtocol.Pvh && kernel.PvhEntry is null)
        {
            throw VmmDiagnostics.NotAKernel.With("no PVH entry");
        }

        var needed = kernel.End + (ulong)initrd.Length + WorkingRoom;
        if (needed > (ulong)memory.LowBytes)
        {
            throw VmmDiagnostics.TooLittleMemory.With($"{memory.Bytes >> 20} MiB given, {(needed + (1 << 20) - 1) >> 20} MiB needed");
        }

        kernel.Load(memory);
        var initrdAddress = WriteInitrd(memory, initrd);
        WriteCommandLine(memory, commandLine);
        if (protocol == BootProtocol.Pvh)
        {
            PvhStart.Write(memory, initrdAddress, initrd.Length);
        }
        else
        {
            ZeroPage.Write(memory, kernel, initrdAddress, initrd.Length);
            PageTables.Write(memory);
        }
    }

    private static ulong WriteInitrd(GuestMemory memory, ReadOnlySpan<byte> initrd)
    {
        // At the end of low memory, as boot loaders do: the kernel frees it from there in one piece.
        var address = ((ulong)memory.LowBytes - (ulong)initrd.Length) & ~0xFFFul;
        memory.Write(address, initrd);
        return initrd.IsEmpty ? 0 : address;
    }

    private static void WriteCommandLine(GuestMemory memory, string commandLine)
    {
        var bytes = Encoding.ASCII.GetBytes(commandLine);
        if (bytes.Length >= GuestLayout.CommandLineBytes || commandLine.Contains('\0'))
        {
            throw VmmDiagnostics.BadMachine.With(
                $"a kernel command line of {bytes.Length} bytes; at most {GuestLayout.CommandLineBytes - 1}"
            );
        }

        memory.Slice(GuestLayout.CommandLine, GuestLayout.CommandLineBytes).Clear();
        memory.Write(GuestLayout.CommandLine, bytes);
    }
}
