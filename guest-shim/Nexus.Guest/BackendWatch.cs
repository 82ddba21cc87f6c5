using Nexus.Channel;

namespace Nexus.Guest;

/// <summary>Ends this process when no backend has shown a heartbeat for 30 to 40 seconds: nobody will ever call it again.</summary>
internal sealed class BackendWatch
{
    private const int IntervalMilliseconds = 10_000;
    private const int MostMissed = 3;
    private readonly ChannelPeer _peer;
    private ulong _last;
    private int _missed;

    public BackendWatch(ChannelPeer peer)
    {
        _peer = peer;
        // For the life of the process: made in this way the timer keeps itself.
        var timer = new Timer(_ => Look());
        timer.Change(IntervalMilliseconds, IntervalMilliseconds);
        // A machine is told before its snapshot is taken, too; in a clone, which then joins a session, the timer would be due at once.
        VirtualMachineAttachment.Restored += () => timer.Change(Timeout.Infinite, Timeout.Infinite);
        peer.SessionRestarted += () => timer.Change(IntervalMilliseconds, IntervalMilliseconds);
    }

    private void Look()
    {
        var now = _peer.ReadHeartbeat();
        _missed = now == _last ? _missed + 1 : 0;
        _last = now;
        if (_missed >= MostMissed)
        {
            Environment.Exit(3);
        }
    }
}
