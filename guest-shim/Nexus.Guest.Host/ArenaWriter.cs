using System.Buffers;
using Nexus.Channel;

namespace Nexus.Guest.Host;

/// <summary>Lets a serializer write straight into the arena: blocks are sent as they fill.</summary>
internal sealed class ArenaWriter(ChannelCall call) : IBufferWriter<byte>
{
    private const int FirstBlock = 4 * 1024;
    private const int FurtherBlocks = 128 * 1024;
    private ArenaBlock _block;
    private bool _rented;
    private bool _sentAny;
    private int _used;

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!_rented || _block.Memory.Length - _used < Math.Max(1, sizeHint))
        {
            Flush();
            var wanted = Math.Max(sizeHint, _sentAny ? FurtherBlocks : FirstBlock);
            var renting = call.RentAsync(Math.Min(wanted, ChannelLayout.MaxBlockBytes));
            // A serializer that writes synchronously leaves no other way; the pump goes on with another thread.
            _block = renting.IsCompleted ? renting.GetAwaiter().GetResult() : renting.AsTask().GetAwaiter().GetResult();
            _rented = true;
        }

        return _block.Memory[_used..];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Sends what was written.</summary>
    public void Flush()
    {
        if (!_rented)
        {
            return;
        }

        call.Send(FrameKind.Data, _block, _used, final: false);
        _sentAny |= _used > 0;
        _rented = false;
        _used = 0;
    }
}
