using System.Buffers.Binary;

namespace Nexus.Vmm.Devices.Control;

/// <summary>
/// A page of registers between the guest's own programs and the monitor: a store of what the guest's program ended with ends the machine. The kernel's command line names them, so that a
/// guest that knows nothing of them leaves them alone.
/// </summary>
internal sealed class ControlRegisters(Action end) : IMemoryDevice
{
    /// <summary>Written, 32 bits: the exit code that the monitor is to end with, at once.</summary>
    public const ulong ExitCode = 0;

    private int _exitCode = -1;

    /// <summary>What the guest's program ended with; null if the guest did not say.</summary>
    public int? Reported => Volatile.Read(ref _exitCode) is >= 0 and var code ? code : null;

    public void ReadMemory(ulong offset, Span<byte> data) => data.Clear();

    public void WriteMemory(ulong offset, ReadOnlySpan<byte> data)
    {
        if (offset == ExitCode && data.Length == sizeof(uint))
        {
            Volatile.Write(ref _exitCode, (int)(BinaryPrimitives.ReadUInt32LittleEndian(data) & 0xFF));
            end();
        }
    }
}
