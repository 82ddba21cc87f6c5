namespace Nexus.Channel;

/// <summary>A rented block of this end's arena: write into it, then send it or return it, once.</summary>
public readonly struct ArenaBlock
{
    // One more than the offset, so that a default value names no block.
    private readonly int _place;

    internal ArenaBlock(Memory<byte> memory, int offset)
    {
        Memory = memory;
        _place = offset + 1;
    }

    /// <summary>The writable bytes; at least as many as were asked for. Not to be touched once sent or returned.</summary>
    public Memory<byte> Memory { get; }

    internal int Offset => _place - 1;
}
