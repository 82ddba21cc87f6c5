namespace Nexus.Channel;

/// <summary>
/// This end's arena with who holds what, and those who wait for room in it (or for a free call slot). Guarded by the peer's gate.
/// </summary>
internal sealed class SendArena(ArenaMemory memory, int bytes, FrameSender sender)
{
    private readonly ArenaAllocator _allocator = new(bytes);
    private readonly Dictionary<int, ChannelCall> _sent = [];
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
        if (call.HeldBytes > 0 && (call.HeldBytes + size > _window || _allocator.UsedBytes + size > bytes - _window))
        {
            return false;
        }

        var offset = _allocator.Allocate(length);
        if (offset < 0)
        {
            return false;
        }

        call.HeldBytes += size;
        block = new ArenaBlock(memory.Memory.Slice(offset, size), offset);
        return true;
    }

    /// <summary>Takes a block back that was rented and not sent.</summary>
    /// <exception cref="InvalidOperationException">It was sent or returned before.</exception>
    public void Return(ChannelCall call, in ArenaBlock block)
    {
        if (!_allocator.IsRented(block.Offset))
        {
            throw new InvalidOperationException("A block is sent or returned once.");
        }

        call.HeldBytes -= _allocator.Free(block.Offset);
        SpaceFreed();
    }

    /// <summary>From now on the peer holds the block.</summary>
    /// <exception cref="InvalidOperationException">It was sent or returned before.</exception>
    public void MarkSent(ChannelCall call, in ArenaBlock block)
    {
        if (!_allocator.IsRented(block.Offset))
        {
            throw new InvalidOperationException("A block is sent or returned once.");
        }

        _allocator.MarkSent(block.Offset);
        _sent.Add(block.Offset, call);
    }

    /// <summary>The peer gives blocks back.</summary>
    /// <exception cref="ProtocolViolationException">It does not hold one of them.</exception>
    public void AcceptReleases(in FrameDescriptor descriptor)
    {
        for (var i = 0; i < (int)descriptor.ReleaseCount; i++)
        {
            var offset = descriptor.Releases[i];
            if (!_allocator.IsSent(offset) || !_sent.Remove((int)offset, out var owner))
            {
                throw new ProtocolViolationException($"release of {offset}");
            }

            owner.HeldBytes -= _allocator.Free((int)offset);
        }

        SpaceFreed();
    }

    /// <summary>The peer is gone and with it all it held.</summary>
    public void TakeBackSent()
    {
        _allocator.FreeAllSent();
        _sent.Clear();
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
}
