using System.Buffers;
using Nexus.Channel;

namespace Nexus.Guest.AspNetCore;

/// <summary>Part of a response that was written and not sent: a block of the arena, or memory of the heap when the arena had no room at that moment.</summary>
internal struct OutputPiece
{
    private readonly ArenaBlock _block;
    private readonly byte[]? _array;

    public OutputPiece(ArenaBlock block)
    {
        _block = block;
    }

    public OutputPiece(int bytes)
    {
        _array = ArrayPool<byte>.Shared.Rent(bytes);
    }

    public int Used { get; set; }

    public readonly bool IsInArena => _array is null;

    public readonly ArenaBlock Block => _block;

    public readonly Memory<byte> Memory => _array ?? _block.Memory;

    /// <summary>Gives the memory back unsent.</summary>
    public readonly void Discard(ChannelCall call)
    {
        if (_array is null)
        {
            call.Return(_block);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
