using System.Buffers;
using System.Buffers.Binary;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>
/// Cuts messages out of the answer's frames, in place: a frame may hold many messages, and a message may span frames. What spans so many that holding
/// them would keep the rest from coming is copied, which is counted.
/// </summary>
internal sealed class MessageReceiver(ChannelCall call, int? mostBytes, Func<uint, int, Status>? tooLarge = null) : DeserializationContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);
    private const long MostInPlace = 1280 * 1024;
    private static readonly Status TooLarge = new(
        StatusCode.ResourceExhausted,
        "Received message exceeds the maximum configured message size."
    );

    // Messages begun and not ended hold their frames; all calls together must leave the backend room for the rest of each.
    private static long s_heldUnfinished;

    private readonly byte[] _prefix = new byte[MessageSender.PrefixBytes];
    private readonly List<(ChannelFrame Frame, ReadOnlyMemory<byte> Piece)> _pieces = [];
    private ChannelFrame _frame;
    private ReadOnlyMemory<byte> _rest;
    private ReadOnlySequence<byte> _payload;
    private bool _ended;

    /// <summary>The answer's end, once it was met; null for an answer that ended without one.</summary>
    public GrpcResponseEnd? End { get; private set; }

    /// <summary>Whether the message at hand is compressed.</summary>
    public bool IsCompressed { get; private set; }

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer()
    {
        call.Peer.CountCopied(_payload.Length);
        return _payload.ToArray();
    }

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>Waits for the response headers.</summary>
    /// <exception cref="GrpcFailureException">There is no response.</exception>
    public async ValueTask<GrpcResponseHead> ReadHeadAsync(CancellationToken cancellation)
    {
        var frame = await ReceiveAsync(cancellation).ConfigureAwait(false);
        if (frame.Kind == FrameKind.Head)
        {
            _ended = frame.IsFinal;
            return GrpcResponseHead.Read(frame.Memory);
        }

        Take(frame);
        if (frame.Kind == FrameKind.Data)
        {
            // An answer that was complete at once: its message, then the rest.
            var end = await ReceiveAsync(cancellation).ConfigureAwait(false);
            if (end.Kind != FrameKind.Trailers)
            {
                throw new ProtocolViolationException("A gRPC answer without a head.");
            }

            Take(end);
        }

        ThrowIfFailed(End?.Head is null);
        return End?.Head ?? throw new ProtocolViolationException("A gRPC answer without a head.");
    }

    /// <summary>Moves to the next message; false at the answer's end.</summary>
    /// <exception cref="InvalidDataException">The server's bytes are not messages.</exception>
    /// <exception cref="RpcException">The message is larger than the channel's limit.</exception>
    public ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        if (_rest.Length < MessageSender.PrefixBytes)
        {
            return ReadSlowAsync(cancellation);
        }

        var length = ReadPrefix(_rest.Span);
        if (_rest.Length - MessageSender.PrefixBytes < length)
        {
            return ReadSlowAsync(cancellation);
        }

        _payload = new ReadOnlySequence<byte>(_rest.Slice(MessageSender.PrefixBytes, length));
        _rest = _rest[(MessageSender.PrefixBytes + length)..];
        return new ValueTask<bool>(true);
    }

    /// <summary>Puts the message's plain form in place of the compressed one.</summary>
    public void Decompress(IMessageCompression compression)
    {
        using var plain = new MemoryStream();
        using (var source = compression.Decompress(new MemoryStream(PayloadAsNewBuffer())))
        {
            source.CopyTo(plain);
        }

        _payload = new ReadOnlySequence<byte>(plain.GetBuffer(), 0, (int)plain.Length);
    }

    /// <summary>Gives the memory of the message at hand back.</summary>
    public void Release()
    {
        _payload = default;
        foreach (var (frame, _) in _pieces)
        {
            call.Release(frame);
        }

        _pieces.Clear();
        if (_rest.IsEmpty)
        {
            call.Release(_frame);
            _frame = default;
        }
    }

    /// <summary>Whether anything but the answer's end follows.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken cancellation)
    {
        while (_rest.IsEmpty)
        {
            if (!await NextFrameAsync(cancellation).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> ReadSlowAsync(CancellationToken cancellation)
    {
        var gathered = 0;
        while (gathered < _prefix.Length)
        {
            if (_rest.IsEmpty && !await NextFrameAsync(cancellation).ConfigureAwait(false))
            {
                return gathered == 0
                    ? false
                    : throw new InvalidDataException("Unexpected end of content while reading the message header.");
            }

            var count = Math.Min(_prefix.Length - gathered, _rest.Length);
            _rest.Span[..count].CopyTo(_prefix.AsSpan(gathered));
            _rest = _rest[count..];
            gathered += count;
        }

        await GatherAsync(ReadPrefix(_prefix), cancellation).ConfigureAwait(false);
        return true;
    }

    private async ValueTask GatherAsync(int length, CancellationToken cancellation)
    {
        if (_rest.Length >= length)
        {
            _payload = new ReadOnlySequence<byte>(_rest[..length]);
            _rest = _rest[length..];
            return;
        }

        var isHeld = Interlocked.Add(ref s_heldUnfinished, length) <= MostInPlace;
        try
        {
            var copy = isHeld ? null : new byte[length];
            for (var at = 0; ; )
            {
                var piece = _rest[..Math.Min(length - at, _rest.Length)];
                _rest = _rest[piece.Length..];
                if (copy is not null)
                {
                    piece.Span.CopyTo(copy.AsSpan(at));
                }

                at += piece.Length;
                if (at == length)
                {
                    SetPayload(copy, piece);
                    return;
                }

                copy = await MoreContentAsync(copy, piece, length, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Add(ref s_heldUnfinished, -length);
        }
    }

    private void SetPayload(byte[]? copy, ReadOnlyMemory<byte> last)
    {
        if (copy is null)
        {
            _payload = FrameSegment.Sequence(_pieces.Select(static held => held.Piece), last);
            return;
        }

        call.Peer.CountCopied(copy.Length);
        _payload = new ReadOnlySequence<byte>(copy);
    }

    /// <summary>
    /// Holds a piece in place, unless there is a copy, and waits for the next. When that takes long, what is held may be the very room that it waits for: then it is
    /// copied and given back.
    /// </summary>
    private async ValueTask<byte[]?> MoreContentAsync(byte[]? copy, ReadOnlyMemory<byte> piece, int length, CancellationToken cancellation)
    {
        if (copy is null)
        {
            _pieces.Add((_frame, piece));
            _frame = default;
        }

        call.Release(_frame);
        _frame = default;
        while (_rest.IsEmpty && !_ended)
        {
            var receiving = ReceiveAsync(cancellation);
            if (copy is not null || receiving.IsCompleted)
            {
                Take(await receiving.ConfigureAwait(false));
                continue;
            }

            var waiting = receiving.AsTask();
            if (await Task.WhenAny(waiting, Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false) != waiting)
            {
                copy = CopyHeld(length);
            }

            Take(await waiting.ConfigureAwait(false));
        }

        if (_rest.IsEmpty)
        {
            ThrowIfFailed(End is not null);
            throw new InvalidDataException("Unexpected end of content while reading the message content.");
        }

        return copy;
    }

    private byte[] CopyHeld(int length)
    {
        var copy = new byte[length];
        var at = 0;
        foreach (var (frame, piece) in _pieces)
        {
            piece.CopyTo(copy.AsMemory(at));
            at += piece.Length;
            call.Release(frame);
        }

        _pieces.Clear();
        return copy;
    }

    private async ValueTask<bool> NextFrameAsync(CancellationToken cancellation)
    {
        call.Release(_frame);
        _frame = default;
        while (!_ended)
        {
            Take(await ReceiveAsync(cancellation).ConfigureAwait(false));
            if (!_rest.IsEmpty)
            {
                return true;
            }
        }

        ThrowIfFailed(End is not null);
        return false;
    }

    private ValueTask<ChannelFrame> ReceiveAsync(CancellationToken cancellation)
    {
        var receiving = call.ReceiveAsync(cancellation);
        return receiving.IsCompletedSuccessfully ? receiving : AwaitAsync(receiving, cancellation);
    }

    /// <summary>Waits; when that is cut short, with the exception that the library's own waiting would have thrown.</summary>
    private static async ValueTask<ChannelFrame> AwaitAsync(ValueTask<ChannelFrame> receiving, CancellationToken cancellation)
    {
        try
        {
            return await receiving.ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled)
        {
            throw new TaskCanceledException(canceled.Message, canceled.InnerException, cancellation);
        }
    }

    private void ThrowIfFailed(bool isEnd)
    {
        if (isEnd && End?.Failure is { } failure)
        {
            throw new GrpcFailureException(failure);
        }
    }

    private void Take(in ChannelFrame frame)
    {
        _ended = frame.IsFinal;
        if (frame.Kind == FrameKind.Trailers)
        {
            End = GrpcResponseEnd.Read(frame.Memory);
            return;
        }

        _frame = frame;
        _rest = frame.Memory;
    }

    private int ReadPrefix(ReadOnlySpan<byte> prefix)
    {
        IsCompressed = prefix[0] switch
        {
            0 => false,
            1 => true,
            _ => throw new InvalidDataException("Unexpected compressed flag value in message header."),
        };
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > mostBytes && tooLarge is not null)
        {
            throw new RpcException(tooLarge(length, mostBytes.Value));
        }

        if (length > int.MaxValue)
        {
            throw new InvalidDataException("Message too large.");
        }

        return length > mostBytes ? throw new RpcException(TooLarge) : (int)length;
    }
}
