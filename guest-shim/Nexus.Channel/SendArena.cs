namespace Nexus.Channel;

/// <summary>
/// This end's arena with who holds what, and those who wait for room in it (or for a free call slot). Guarded by the peer's gate.
/// </summary>
internal sealed class SendArena(ArenaMemory memory, int bytes, FrameSender sender)
{
    private readonly ArenaAllocator _allocator = new(bytes);
    private readonly Dictionary<int, ChannelCall> _owners = [];
    private TaskCompletionSource? _space;

    /// <summary>What one call may hold, so that one slow reader leaves room for the others.</summary>
    private readonly int _window = bytes / 4;

    public int UsedBytes => _allocator.UsedBytes;

    public int HighWater => _allocator.HighWater;

    /// <summary>A block for the call, unless its window or the arena is used up. The last quarter is kept for calls that hold nothing yet.</summary>
    public bool TryRent(ChannelCall call, int length, out ArenaBlock block)
    {
        block = default;
        var size = _allocator.RoundUp(length);
        if (call.HeldBytes > 0 && (call.HeldBytes + size > Math.Min(_window, call.Window) || _allocator.UsedBytes + size > bytes - _window))
        {
            return false;
        }

        var offset = _allocator.Allocate(length);
        if (offset < 0)
        {
            return false;
        }

        call.HeldBytes += size;
        call.RentedBlocks++;
        _owners.Add(offset, call);
        block = new ArenaBlock(memory.Memory.Slice(offset, size), offset);
        return true;
    }

    /// <summary>Takes a block back that was rented and not sent; false when it is not the call's to return any more.</summary>
    public bool TryReturn(ChannelCall call, in ArenaBlock block)
    {
        if (!IsRentedBy(call, block.Offset))
        {
            return false;
        }

        call.RentedBlocks--;
        Free(block.Offset);
        SpaceFreed();
        return true;
    }

    /// <summary>From now on the peer holds the block; false when it is not the call's to send any more.</summary>
    public bool TryMarkSent(ChannelCall call, in ArenaBlock block)
    {
        if (!IsRentedBy(call, block.Offset))
        {
            return false;
        }

        call.RentedBlocks--;
        _allocator.MarkSent(block.Offset);
        return true;
    }

    /// <summary>Takes back what a call rented and forgot.</summary>
    public void ReturnAll(ChannelCall call)
    {
        if (call.RentedBlocks == 0)
        {
            return;
        }

        foreach (
            var offset in _owners.Where(entry => entry.Value == call && _allocator.IsRented(entry.Key)).Select(entry => entry.Key).ToArray()
        )
        {
            Free(offset);
        }

        call.RentedBlocks = 0;
        SpaceFreed();
    }

    /// <summary>The peer gives blocks back.</summary>
    /// <exception cref="ProtocolViolationException">It does not hold one of them.</exception>
    public void AcceptReleases(in FrameDescriptor descriptor)
    {
        for (var i = 0; i < (int)descriptor.ReleaseCount; i++)
        {
            var offset = descriptor.Releases[i];
            if (!_allocator.IsSent(offset))
            {
                throw new ProtocolViolationException($"release of {offset}");
            }

            Free((int)offset);
        }

        SpaceFreed();
    }

    /// <summary>The peer is gone and with it all it held.</summary>
    public void TakeBackSent()
    {
        // A clone of a machine does this before it is ready: without a query's machinery, which is hundreds of pages there.
        foreach (var offset in _owners.Keys)
        {
            if (_allocator.IsSent((uint)offset))
            {
                Free(offset);
            }
        }

        SpaceFreed();
    }

    public void ForgetHighWater() => _allocator.ForgetHighWater();

    /// <summary>Completes at the next <see cref="SpaceFreed"/>; the peer is asked to give back what it keeps.</summary>
    public Task WaitForSpace()
    {
        _space ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sender.SetWaitsForSpace(true);
        return _space.Task;
    }

    /// <summary>Lets those who wait try again.</summary>
    public void SpaceFreed()
    {
        if (_space is { } space)
        {
            _space = null;
            sender.SetWaitsForSpace(false);
            space.SetResult();
        }
    }

    private bool IsRentedBy(ChannelCall call, int offset) =>
        _owners.TryGetValue(offset, out var owner) && owner == call && _allocator.IsRented(offset);

    private void Free(int offset)
    {
        _owners.Remove(offset, out var owner);
        owner!.HeldBytes -= _allocator.Free(offset);
    }
}
