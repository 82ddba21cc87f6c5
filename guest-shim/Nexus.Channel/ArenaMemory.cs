using System.Buffers;

namespace Nexus.Channel;

/// <summary>An arena as <see cref="Memory{T}"/>, so that sockets and serializers work on it in place.</summary>
internal sealed unsafe class ArenaMemory(ChannelRegion region, long offset, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(region.Address + offset, length);

    /// <summary>The memory is never moved; pinning only keeps the mapping.</summary>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
        region.AddReference();
        return new MemoryHandle(region.Address + offset + elementIndex, pinnable: this);
    }

    public override void Unpin() => region.ReleaseReference();

    protected override void Dispose(bool disposing) { }
}
