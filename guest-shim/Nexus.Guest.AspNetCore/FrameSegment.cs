using System.Buffers;
using Nexus.Channel;

namespace Nexus.Guest.AspNetCore;

/// <summary>A piece of a request's body: a frame where it lies in the arena, or a copy of it on the heap.</summary>
internal sealed class FrameSegment : ReadOnlySequenceSegment<byte>
{
    private ChannelFrame _frame;
    private byte[]? _copy;

    public FrameSegment(in ChannelFrame frame)
    {
        _frame = frame;
        Memory = frame.Memory;
    }

    public FrameSegment? Following => (FrameSegment?)Next;

    public bool IsInArena => _copy is null;

    public void Append(FrameSegment next)
    {
        next.RunningIndex = RunningIndex + Memory.Length;
        Next = next;
    }

    /// <summary>Takes the bytes out of the arena; whoever holds the memory of before must not look any more.</summary>
    /// <returns>Bytes copied.</returns>
    public int MoveToHeap(ChannelCall call)
    {
        _copy = ArrayPool<byte>.Shared.Rent(Memory.Length);
        Memory.CopyTo(_copy);
        Memory = _copy.AsMemory(0, Memory.Length);
        call.Release(_frame);
        return Memory.Length;
    }

    public void Release(ChannelCall call)
    {
        if (_copy is null)
        {
            call.Release(_frame);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_copy);
        }

        Memory = default;
    }
}
