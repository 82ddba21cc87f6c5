using System.Buffers.Binary;

namespace Nexus.Vmm.Devices.Control;

/// <summary>
/// A page of registers between the guest's own programs and the monitor: a store of what the guest's program ended with ends the machine, and a guest that is about to
/// join its channel asks whether it is to be suspended there. The kernel's command line names them, so that a guest that knows nothing of them leaves them alone.
/// </summary>
/// <param name="end">The guest has told its exit code.</param>
/// <param name="stages">Told how far the guest is; null for nobody.</param>
internal sealed class ControlRegisters(Action end, Action<string>? stages = null) : IMemoryDevice
{
    /// <summary>Written, 32 bits: the exit code that the monitor is to end with, at once, and perhaps <see cref="OutOfMemory"/>.</summary>
    public const ulong ExitCode = 0;

    /// <summary>With an exit code: the guest's kernel had to kill something for want of memory.</summary>
    public const uint OutOfMemory = 0x100;

    /// <summary>Written, 32 bits: <see cref="Welcome"/> or <see cref="Refused"/>; then read until it is not <see cref="Wait"/>.</summary>
    public const ulong Snapshot = 8;

    /// <summary>Written, 32 bits: how far the guest's first program is, a position in <see cref="s_stages"/>.</summary>
    public const ulong Stage = 16;

    /// <summary>Read, 32 bits: the lower half of the host's time in nanoseconds since 1970; the upper one is that of the same moment.</summary>
    public const ulong Time = 24;

    /// <summary>Read, 32 bits: the upper half of what <see cref="Time"/> was when it was read last.</summary>
    public const ulong TimeUpper = 28;

    /// <summary>A snapshot may be taken from here on.</summary>
    public const uint Welcome = 1;

    /// <summary>A snapshot would be worth nothing.</summary>
    public const uint Refused = 2;

    /// <summary>Read by a guest that is being suspended.</summary>
    public const uint Wait = 0;

    /// <summary>Read by an ordinary guest.</summary>
    public const uint GoOn = 1;

    /// <summary>Read by a guest that goes on from a snapshot.</summary>
    public const uint IsClone = 2;

    // vmm/Nexus.Vmm.Init/GuestStage.cs has the same order.
    private static readonly string[] s_stages = ["init", "mounted", "spawned"];

    private readonly TaskCompletionSource<bool> _suspension = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _exitCode = -1;
    private ulong _time;

    /// <summary>What the guest's program ended with; null if the guest did not say.</summary>
    public int? Reported => Volatile.Read(ref _exitCode) is >= 0 and var code ? code : null;

    /// <summary>Whether the guest said that its memory was used up.</summary>
    public bool RanOutOfMemory { get; private set; }

    /// <summary>What the guest reads when it asks; set before it runs.</summary>
    public uint Answer { get; set; } = GoOn;

    /// <summary>Completes when the guest asks: whether a snapshot is worth anything.</summary>
    public Task<bool> Asked => _suspension.Task;

    public void ReadMemory(ulong offset, Span<byte> data)
    {
        data.Clear();
        if (data.Length == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data, Read(offset));
        }
    }

    private uint Read(ulong offset)
    {
        switch (offset)
        {
            case Snapshot:
                if (Answer == IsClone)
                {
                    stages?.Invoke("resumed");
                }

                return Answer;
            case Time:
                _time = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
                return (uint)_time;
            case TimeUpper:
                return (uint)(_time >> 32);
            default:
                return 0;
        }
    }

    public void WriteMemory(ulong offset, ReadOnlySpan<byte> data)
    {
        if (data.Length != sizeof(uint))
        {
            return;
        }

        var value = BinaryPrimitives.ReadUInt32LittleEndian(data);
        if (offset == ExitCode)
        {
            RanOutOfMemory = (value & OutOfMemory) != 0;
            Volatile.Write(ref _exitCode, (int)(value & 0xFF));
            end();
        }
        else if (offset == Stage && value < s_stages.Length)
        {
            stages?.Invoke(s_stages[value]);
        }
        else if (offset == Snapshot)
        {
            stages?.Invoke("made");
            _suspension.TrySetResult(value == Welcome);
        }
    }
}
