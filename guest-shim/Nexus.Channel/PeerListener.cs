namespace Nexus.Channel;

/// <summary>A channel at its pump: its doorbell means that there are frames to drain.</summary>
public sealed class PeerListener(ChannelPeer peer) : IPumpListener
{
    private const int MostReadyItems = 64;
    private const int MostPasses = 4;

    /// <summary>The channel.</summary>
    public ChannelPeer Peer { get; } = peer;

    /// <inheritdoc/>
    public void Collect(List<IThreadPoolWorkItem> ready)
    {
        // Whoever drains also arms afterwards, so a thread that finds another one draining has nothing left to do.
        for (var pass = 1; Peer.Drain(ready) && !Peer.Arm(); pass++)
        {
            // One that floods its ring takes its turns like the others.
            if (pass == MostPasses || ready.Count >= MostReadyItems)
            {
                Peer.WakeOwnPump();
                return;
            }
        }
    }
}
