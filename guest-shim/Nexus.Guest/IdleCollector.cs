using System.Runtime;
using Nexus.Channel;
using Nexus.Guest.Interop;

namespace Nexus.Guest;

/// <summary>
/// After an idle moment: one aggressive collection, and free pages of every heap go back to the node. Density comes from what idle instances do not hold.
/// <c>NEXUS_IDLE_COLLECT_MS</c> sets the moment; 0 switches it off.
/// </summary>
public sealed class IdleCollector : IDisposable
{
    private readonly int _afterMilliseconds;
    private readonly Timer _timer;
    private ChannelPeer? _peer;
    private int _idle;

    private IdleCollector(int afterMilliseconds)
    {
        _afterMilliseconds = afterMilliseconds;
        _timer = new Timer(static state => ((IdleCollector)state!).Collect(), this, Timeout.Infinite, Timeout.Infinite);
    }

    public static IdleCollector FromEnvironment() =>
        new(int.TryParse(Environment.GetEnvironmentVariable("NEXUS_IDLE_COLLECT_MS"), out var value) && value >= 0 ? value : 500);

    /// <summary>An invocation begins.</summary>
    public void Pause() => Volatile.Write(ref _idle, 0);

    /// <summary>Nothing is to be collected before the next invocation has ended.</summary>
    public void Cancel()
    {
        Pause();
        _timer.Change(Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>An invocation ended; the timer runs from here.</summary>
    public void Resume(ChannelPeer peer)
    {
        _peer = peer;
        Volatile.Write(ref _idle, 1);
        if (_afterMilliseconds > 0)
        {
            _timer.Change(_afterMilliseconds, Timeout.Infinite);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Collect()
    {
        if (Interlocked.Exchange(ref _idle, 0) == 0)
        {
            return;
        }

        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        _peer?.DiscardIdlePages();
    }
}
