namespace Nexus.Channel;

/// <summary>A rented block of this end's arena: write into it, then send it or return it, once.</summary>
public readonly struct ArenaBlock
{
    internal ArenaBlock(Memory<byte> memory, int offset, int epoch)
    {
        Memory = memory;
        Offset = offset;
        Epoch = epoch;
    }

    /// <summary>The writable bytes; at least as many as were asked for. Not to be touched once sent or returned.</summary>
    public Memory<byte> Memory { get; }

    internal int Offset { get; }

    internal int Epoch { get; }
}
