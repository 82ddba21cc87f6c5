using System.Diagnostics;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Machine;

/// <summary>
/// Takes back what a guest does not need, when its host says that it stands idle: the balloon asks for all of its memory, the guest's kernel gives what is free and
/// what it can read again, and then gets it back, without content. What is reported as free in between is only what lies in large pieces.
/// </summary>
internal sealed class BalloonTrim
{
    // A guest's kernel writes into its description of each page that it gives, 64 bytes for 4 KiB: a clone then has those for itself. What comes of it must be more.
    private const int LeastGainDivisor = 21;

    private const int StepMilliseconds = 10;

    // A guest that cannot give any more waits for 200 ms and tries again.
    private static readonly TimeSpan s_standstill = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(3);
    private readonly DeviceSet _devices;
    private readonly GuestMemory _memory;
    private long _held;
    private volatile bool _running;

    /// <summary>For a machine that is about to start.</summary>
    public BalloonTrim(DeviceSet devices, GuestMemory memory)
    {
        (_devices, _memory) = (devices, memory);
        // What a clone is given ahead it needs; of what a booted machine has at first much is free.
        _held = memory.IsCopyOnWrite ? Held() : 0;
    }

    /// <summary>Waits for the host's word in a thread of its own.</summary>
    public RelayThread Start(EventFile asked, Action<string> violated, Action before) =>
        new("trim", stop => EventFile.WaitAny([stop, asked], milliseconds: -1), () => Trim(asked), violated, before);

    /// <summary>There is work for the guest: it gets its memory back at once.</summary>
    public void Cancel()
    {
        if (_running)
        {
            _running = false;
            _devices.SetBalloon(0);
        }
    }

    private void Trim(EventFile asked)
    {
        _ = asked.Take();
        if (Held() - _held < _memory.Bytes / LeastGainDivisor)
        {
            return;
        }

        _running = true;
        _devices.SetBalloon(_memory.Bytes);
        var (started, moved, given) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp(), 0L);
        while (_running && Stopwatch.GetElapsedTime(moved) < s_standstill && Stopwatch.GetElapsedTime(started) < s_longest)
        {
            Thread.Sleep(StepMilliseconds);
            if (_devices.BalloonBytes != given)
            {
                (given, moved) = (_devices.BalloonBytes, Stopwatch.GetTimestamp());
            }
        }

        if (_running)
        {
            _running = false;
            _devices.SetBalloon(0);
            _held = Held();
        }
    }

    /// <summary>What this machine takes from its host: of a clone what it does not share.</summary>
    private long Held() => _memory.IsCopyOnWrite ? ResidentMemory.PrivateBytes() : ResidentMemory.Bytes();
}
