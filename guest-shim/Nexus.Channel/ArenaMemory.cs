using System.Buffers;

namespace Nexus.Channel;

/// <summary>An arena as <see cref="Memory{T}"/>, so that sockets and serializers work on it in place.</summary>
internal sealed unsafe class ArenaMemory(ChannelRegion region, long offset, int length) : MemoryManager<byte>
{
    /// <exception cref="ObjectDisposedException">The channel is closed and its last call was disposed of.</exception>
    public override Span<byte> GetSpan() =>
        region.Address is var address && address != null
            ? new Span<byte>(address + offset, length)
            : throw new ObjectDisposedException(nameof(ChannelRegion));

    /// <summary>The memory is never moved; pinning only keeps the mapping.</summary>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
        ObjectDisposedException.ThrowIf(!region.TryAddReference(), region);
        return new MemoryHandle(region.Address + offset + elementIndex, pinnable: this);
    }

    public override void Unpin() => region.ReleaseReference();

    protected override void Dispose(bool disposing) { }
}
