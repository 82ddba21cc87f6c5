using System.Diagnostics;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>
/// Takes back what a guest does not need, when its host says that it stands idle: the balloon asks for all of its memory, the guest's kernel gives what is free and
/// what it can read again, and then gets it back, without content. What is reported as free in between is only what lies in large pieces.
/// </summary>
internal sealed class BalloonTrim(DeviceSet devices, long memoryBytes)
{
    private const int StepMilliseconds = 10;

    // A guest that cannot give any more waits for 200 ms and tries again.
    private static readonly TimeSpan s_standstill = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(3);
    private volatile bool _running;

    /// <summary>Waits for the host's word in a thread of its own.</summary>
    public RelayThread Start(EventFile asked, Action<string> violated, Action before) =>
        new("trim", stop => EventFile.WaitAny([stop, asked], milliseconds: -1), () => Trim(asked), violated, before);

    /// <summary>There is work for the guest: it gets its memory back at once.</summary>
    public void Cancel()
    {
        if (_running)
        {
            _running = false;
            devices.SetBalloon(0);
        }
    }

    private void Trim(EventFile asked)
    {
        _ = asked.Take();
        _running = true;
        devices.SetBalloon(memoryBytes);
        var (started, moved, given) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp(), 0L);
        while (_running && Stopwatch.GetElapsedTime(moved) < s_standstill && Stopwatch.GetElapsedTime(started) < s_longest)
        {
            Thread.Sleep(StepMilliseconds);
            if (devices.BalloonBytes != given)
            {
                (given, moved) = (devices.BalloonBytes, Stopwatch.GetTimestamp());
            }
        }

        _running = false;
        devices.SetBalloon(0);
    }
}
