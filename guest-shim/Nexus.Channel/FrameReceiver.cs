namespace Nexus.Channel;

/// <summary>
/// The receiving half: takes descriptors off the incoming ring, checks each against the rules and this end's own state, and hands it to its
/// call. One thread at a time; shared state only under the peer's gate.
/// </summary>
internal sealed class FrameReceiver(
    ChannelPeer peer,
    object gate,
    RingConsumer ring,
    ArenaMemory peerArena,
    CallTables calls,
    SendArena arena,
    FrameSender sender
)
{
    private readonly int _arenaBytes = peer.Region.Options.ArenaBytes;

    /// <summary>Deals with one descriptor, if there is one.</summary>
    /// <param name="inSession">Asked after the descriptor was read: false when it may be of a session that ended.</param>
    /// <param name="ready">Collects what became ready to run.</param>
    /// <exception cref="ProtocolViolationException">The peer may not have sent it.</exception>
    public bool TryReceive(Func<bool>? inSession, List<IThreadPoolWorkItem> ready)
    {
        if (!ring.TryTake(out var descriptor) || (inSession is not null && !inSession()))
        {
            return false;
        }

        FrameRules.Check(descriptor, _arenaBytes);
        if (descriptor.ReleaseCount > 0)
        {
            lock (gate)
            {
                arena.AcceptReleases(descriptor);
            }
        }

        switch (descriptor.Kind)
        {
            case FrameKind.Open:
                ReceiveOpen(descriptor, ready);
                break;
            case FrameKind.Abort:
                ReceiveAbort(descriptor, ready);
                break;
            case not FrameKind.Release:
                ReceivePayload(descriptor, ready);
                break;
        }

        return true;
    }

    private void ReceiveOpen(in FrameDescriptor descriptor, List<IThreadPoolWorkItem> ready)
    {
        var deadline =
            descriptor.DeadlineMicroseconds == 0
                ? long.MaxValue
                : DeadlineWatch.After(
                    TimeSpan.FromSeconds(Math.Min(descriptor.DeadlineMicroseconds / 1e6, TimeSpan.FromDays(30).TotalSeconds))
                );
        lock (gate)
        {
            if (peer.IsClosed)
            {
                return;
            }

            calls.Accepted.CheckUnused(descriptor.CallId);
            var ended = descriptor.Flags == FrameFlags.Final;
            var call = new ChannelCall(peer, descriptor.CallId, descriptor.Code, CopyHead(descriptor), deadline, incoming: true, ended);
            calls.Accepted.Add(call);
            ready.Add(call);
        }
    }

    private void ReceivePayload(in FrameDescriptor descriptor, List<IThreadPoolWorkItem> ready)
    {
        var final = descriptor.Flags == FrameFlags.Final;
        var held = descriptor is { Kind: FrameKind.Data, Length: > 0 };
        ChannelCall call;
        ReadOnlyMemory<byte> memory = default;
        lock (gate)
        {
            call = calls.Find(descriptor.CallId);
            call.CheckOrder(descriptor.Kind, held);
            if (held)
            {
                sender.Hold();
                peer.CountPayload(descriptor.Length);
                memory = peerArena.Memory.Slice((int)descriptor.Offset, (int)descriptor.Length);
            }
            else if (descriptor.Length > 0)
            {
                memory = CopyHead(descriptor);
            }

            call.RemoteFinal = final;
            if (final)
            {
                peer.ForgetIfDone(call);
            }
        }

        if (call.Deliver(new ChannelFrame(descriptor.Kind, final, memory, descriptor.Offset, held)))
        {
            ready.Add(call);
        }
    }

    private void ReceiveAbort(in FrameDescriptor descriptor, List<IThreadPoolWorkItem> ready)
    {
        var code = (AbortCode)descriptor.Code;
        lock (gate)
        {
            // It crossed the final frame of the answer.
            if (calls.Accepted.WasLast(descriptor.CallId))
            {
                return;
            }

            var call = calls.Find(descriptor.CallId);
            call.CheckOrder(FrameKind.Abort, held: false);
            call.RemoteFinal = true;
            if (call.Fail(code, $"The other end ended the call: {code}.", afterReceived: code == AbortCode.Failed))
            {
                ready.Add(call);
            }

            peer.ForgetIfDone(call);
            // The call itself may be among those who wait for room.
            arena.SpaceFreed();
        }
    }

    /// <summary>Copies a head out of the peer's arena, once, and gives its block back.</summary>
    private byte[] CopyHead(in FrameDescriptor descriptor)
    {
        if (descriptor.Length == 0)
        {
            return [];
        }

        sender.Hold();
        var head = peerArena.Memory.Span.Slice((int)descriptor.Offset, (int)descriptor.Length).ToArray();
        sender.Release(descriptor.Offset, head.Length);
        return head;
    }
}
