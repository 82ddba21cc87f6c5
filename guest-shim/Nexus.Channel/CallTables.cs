namespace Nexus.Channel;

/// <summary>Every call in flight, by who opened it. Guarded by the peer's gate.</summary>
internal sealed class CallTables(ChannelRole role)
{
    /// <summary>Calls this end opened.</summary>
    public CallTable Opened { get; } = new(role == ChannelRole.Backend ? ChannelLayout.BackendCallBit : 0);

    /// <summary>Calls the peer opened.</summary>
    public CallTable Accepted { get; } = new(role == ChannelRole.Backend ? 0 : ChannelLayout.BackendCallBit);

    public int Count => Opened.Count + Accepted.Count;

    /// <summary>The call of an id a peer named.</summary>
    /// <exception cref="ProtocolViolationException">There is none.</exception>
    public ChannelCall Find(uint id) => (Opened.Owns(id) ? Opened : Accepted).Find(id);

    /// <summary>Forgets a call that is over; false when it was forgotten before.</summary>
    public bool Remove(ChannelCall call) => (call.IsIncoming ? Accepted : Opened).Remove(call);

    /// <summary>A snapshot.</summary>
    public ChannelCall[] All() => [.. Opened.Calls, .. Accepted.Calls];

    /// <summary>A new session: the new peer counts its ids from the start.</summary>
    public void Clear()
    {
        Opened.Clear(forgetIds: false);
        Accepted.Clear(forgetIds: true);
    }
}
