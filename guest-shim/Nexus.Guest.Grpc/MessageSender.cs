using System.Buffers;
using System.Buffers.Binary;
using Nexus.Channel;

namespace Nexus.Guest.Grpc;

/// <summary>
/// Serializes one message after the other straight into blocks of the arena. What does not fit there at once (a message far larger than a block, an arena that is
/// used up), and what is compressed or comes as an array, takes one copy, which is counted.
/// </summary>
internal sealed class MessageSender(GrpcTarget target) : SerializationContext, IBufferWriter<byte>
{
    public const string Identity = "identity";
    public const int PrefixBytes = 5;
    private const int BlockBytes = 256 * 1024;
    private const int FirstBlockBytes = 4 * 1024;

    /// <summary>More than this is not held in the arena before it is sent: other calls need room.</summary>
    private const int MostInPlace = 1280 * 1024;

    private static readonly CancellationToken WithoutWaiting = new(canceled: true);
    private static readonly Status TooLarge = new(
        StatusCode.ResourceExhausted,
        "Sending message exceeds the maximum configured message size."
    );

    private readonly List<(ArenaBlock Block, int Length)> _full = [];
    private ChannelCall _call = null!;
    private IMessageCompression? _compression;
    private ArenaBlock _block;
    private int _filled;
    private int _inPlace;
    private int? _announced;
    private ArrayBufferWriter<byte>? _aside;
    private ReadOnlyMemory<byte> _array;
    private State _state;

    private enum State
    {
        Initialized,
        CompleteArray,
        IncompleteBufferWriter,
        CompleteBufferWriter,
    }

    /// <summary>Bytes of the message that was serialized, before compression.</summary>
    public int Length => _aside is not null || _state == State.CompleteArray ? _array.Length : _inPlace + _filled - PrefixBytes;

    /// <summary>Serializes a message; nothing is sent yet, so that a serializer that fails has done no harm.</summary>
    /// <exception cref="RpcException">It is larger than the channel's limit.</exception>
    public void Serialize<T>(ChannelCall call, T message, Action<T, SerializationContext> serializer, IMessageCompression? compression)
    {
        _call = call;
        _compression = compression;
        _announced = null;
        _state = State.Initialized;
        try
        {
            serializer(message, this);
            if (_state is not (State.CompleteArray or State.CompleteBufferWriter))
            {
                throw new InvalidOperationException("Serialization did not return a payload.");
            }
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Sends what was serialized.</summary>
    public ValueTask SendAsync(bool final, CancellationToken cancellation)
    {
        if (_aside is not null || _state == State.CompleteArray)
        {
            return SendCopyAsync(final, cancellation);
        }

        for (var i = 0; i < _full.Count; i++)
        {
            _call.Send(FrameKind.Data, _full[i].Block, _full[i].Length, final: false);
        }

        _call.Send(FrameKind.Data, _block, _filled, final);
        Reset();
        return default;
    }

    /// <summary>Gives up what was serialized.</summary>
    public void Discard()
    {
        ReturnAll();
        Reset();
    }

    public override void SetPayloadLength(int payloadLength)
    {
        Expect(State.Initialized);
        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_state == State.IncompleteBufferWriter)
        {
            return this;
        }

        Expect(State.Initialized);
        if (_announced is { } length)
        {
            CheckLength(length);
        }

        _state = State.IncompleteBufferWriter;
        if (_compression is not null || !TryNextBlock(PrefixBytes))
        {
            SetAside();
        }
        else
        {
            _filled = PrefixBytes;
        }

        return this;
    }

    public override void Complete()
    {
        Expect(State.IncompleteBufferWriter);
        _state = State.CompleteBufferWriter;
        if (_aside is null)
        {
            var length = _inPlace + _filled - PrefixBytes;
            CheckLength(length);
            WritePrefix((_full.Count > 0 ? _full[0].Block : _block).Memory.Span, length, compressed: false);
            return;
        }

        CheckLength(_aside.WrittenCount);
        _array = _aside.WrittenMemory;
    }

    public override void Complete(byte[] payload)
    {
        Expect(State.Initialized);
        _state = State.CompleteArray;
        CheckLength(payload.Length);
        _array = payload;
    }

    public void Advance(int count)
    {
        if (_aside is not null)
        {
            _aside.Advance(count);
        }
        else
        {
            _filled += count;
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_aside is null && _block.Memory.Length - _filled < Math.Max(1, sizeHint) && !TryNextBlock(sizeHint))
        {
            SetAside();
        }

        return _aside is null ? _block.Memory[_filled..] : _aside.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private async ValueTask SendCopyAsync(bool final, CancellationToken cancellation)
    {
        var payload = _compression is null ? _array : Compress(_array.Span);
        var call = _call;
        var left = payload;
        var prefix = PrefixBytes;
        do
        {
            var wanted = Math.Min(BlockBytes, left.Length + prefix);
            var block = await call.RentAsync(wanted, cancellation).ConfigureAwait(false);
            if (prefix > 0)
            {
                WritePrefix(block.Memory.Span, payload.Length, compressed: _compression is not null);
            }

            var count = wanted - prefix;
            left.Span[..count].CopyTo(block.Memory.Span[prefix..]);
            left = left[count..];
            prefix = 0;
            call.Send(FrameKind.Data, block, wanted, final && left.IsEmpty);
        } while (!left.IsEmpty);

        call.Peer.CountCopied(payload.Length);
        Reset();
    }

    private ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> payload)
    {
        using var compressed = new MemoryStream();
        using (var compressing = _compression!.Compress(new UndisposedStream(compressed)))
        {
            compressing.Write(payload);
        }

        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    /// <summary>A block without waiting for one: a serializer cannot wait.</summary>
    private bool TryNextBlock(int least)
    {
        var sent = _inPlace + _filled;
        var size = _announced is { } announced ? announced + PrefixBytes - sent : Math.Max(FirstBlockBytes, sent);
        size = Math.Max(Math.Clamp(size, 1, BlockBytes), least);
        if (size > BlockBytes || sent + size > MostInPlace)
        {
            return false;
        }

        ArenaBlock block;
        try
        {
#pragma warning disable CA2012 // With a token that is cancelled already it is had at once or not at all.
            block = _call.RentAsync(size, WithoutWaiting).GetAwaiter().GetResult();
#pragma warning restore CA2012
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        if (_filled > 0)
        {
            _full.Add((_block, _filled));
            _inPlace += _filled;
        }
        else
        {
            ReturnBlock();
        }

        _filled = 0;
        _block = block;
        return true;
    }

    /// <summary>Goes on in private memory, with what was written so far.</summary>
    private void SetAside()
    {
        var written = Math.Max(0, _inPlace + _filled - PrefixBytes);
        _aside = new ArrayBufferWriter<byte>(Math.Max(256, _announced ?? (written * 2)));
        var skip = PrefixBytes;
        foreach (var (block, length) in _full)
        {
            _aside.Write(block.Memory.Span[skip..length]);
            skip = 0;
        }

        if (_filled > skip)
        {
            _aside.Write(_block.Memory.Span[skip.._filled]);
        }

        ReturnAll();
    }

    private void CheckLength(int length)
    {
        if (length > target.MaxSendBytes)
        {
            throw new RpcException(TooLarge);
        }
    }

    private void Expect(State state)
    {
        if (_state != state)
        {
            throw new InvalidOperationException($"Not valid in the current state: {_state}");
        }
    }

    private static void WritePrefix(Span<byte> destination, int length, bool compressed)
    {
        destination[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }

    private void ReturnAll()
    {
        foreach (var (block, _) in _full)
        {
            _call.Return(block);
        }

        ReturnBlock();
        _full.Clear();
        _inPlace = 0;
        _filled = 0;
    }

    private void ReturnBlock()
    {
        if (!_block.Memory.IsEmpty)
        {
            _call.Return(_block);
        }

        _block = default;
    }

    private void Reset()
    {
        _full.Clear();
        _block = default;
        _inPlace = 0;
        _filled = 0;
        _aside = null;
        _array = default;
    }
}
