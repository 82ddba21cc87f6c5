using System.Buffers;
using System.Buffers.Binary;
using Nexus.Backend.Http2.Hpack;

namespace Nexus.Backend.Http2;

/// <summary>Reads what a server sends on a connection, and does what each frame asks for. Runs on whatever thread the reads complete on.</summary>
/// <param name="connection">Whose state the frames change.</param>
/// <param name="stream">Where they come from.</param>
internal sealed class Http2Reader(Http2Connection connection, Stream stream)
{
    /// <summary>Bytes that names and values of an answer's head may have.</summary>
    public const int MostHead = 64 * 1024;

    private readonly Http2Input _input = new(stream);
    private readonly HpackDecoder _decoder = new();
    private readonly List<Http2Stream> _touched = [];
    private int _received;
    private Http2ErrorCode? _goAway;
    private ArrayBufferWriter<byte>? _block;
    private Http2FrameHeader _blockHeader;

    /// <summary>Reads until the connection ends, and ends it.</summary>
    public async Task RunAsync()
    {
        try
        {
            _ = connection.Output.FlushAsync().AsTask();
            await ReadFirstAsync().ConfigureAwait(false);
            while (true)
            {
                while (_input.TryTake(out var header, out var payload))
                {
                    Process(header, payload);
                }

                Pause();
                // Not waited for: a server that does not read before it has written must not stop the reading here.
                _ = connection.Output.FlushAsync().AsTask();
                await _input.FillAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            Pause();
            SayGoodbye(failure);
            connection.Abort(
                _goAway is { } code && failure is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
                    ? Http2Failures.Closed(code)
                    : failure
            );
        }
    }

    /// <summary>A server's settings come first.</summary>
    private async ValueTask ReadFirstAsync()
    {
        try
        {
            Http2FrameHeader first;
            while (!_input.TryPeek(out first))
            {
                await _input.FillAsync().ConfigureAwait(false);
            }

            if (first.Type != Http2FrameType.Settings || first.Has(Http2Flags.Ack))
            {
                throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
            }

            ReadOnlyMemory<byte> payload;
            while (!_input.TryTake(out first, out payload))
            {
                await _input.FillAsync().ConfigureAwait(false);
            }

            Process(first, payload);
        }
        catch (Exception failure) when (failure is not HttpProtocolException)
        {
            throw Http2Failures.NotEstablished(failure);
        }
    }

    private void SayGoodbye(Exception failure)
    {
        var code = failure switch
        {
            HttpProtocolException protocol => (Http2ErrorCode)protocol.ErrorCode,
            HpackException => Http2ErrorCode.CompressionError,
            OverflowException => Http2ErrorCode.FlowControlError,
            _ => Http2ErrorCode.NoError,
        };
        if (code != Http2ErrorCode.NoError && _goAway is null)
        {
            // Not waited for: who breaks the protocol need not read, either.
            connection.Output.WriteGoAway(code);
            _ = connection.Output.FlushAsync().AsTask();
        }
    }

    private void Process(Http2FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        if (_block is not null && (header.Type != Http2FrameType.Continuation || header.StreamId != _blockHeader.StreamId))
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
        }

        switch (header.Type)
        {
            case Http2FrameType.Data:
                ProcessData(header, payload);
                break;
            case Http2FrameType.Headers:
                ProcessHeaders(header, payload);
                break;
            case Http2FrameType.Continuation:
                ProcessContinuation(header, payload.Span);
                break;
            case Http2FrameType.ResetStream:
                ProcessReset(header, payload.Span);
                break;
            case Http2FrameType.Settings:
                ProcessSettings(header, payload.Span);
                break;
            case Http2FrameType.Ping:
                ProcessPing(header, payload.Span);
                break;
            case Http2FrameType.GoAway:
                ProcessGoAway(header, payload.Span);
                break;
            case Http2FrameType.WindowUpdate:
                ProcessWindow(header, payload.Span);
                break;
            case Http2FrameType.PushPromise:
                throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
            case Http2FrameType.Priority:
            default:
                break;
        }
    }

    private void ProcessData(Http2FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        var stream = connection.Find(header.StreamId);
        var data = header.WithoutPadding(payload);
        _received += payload.Length;
        if (_received >= Http2Connection.ConnectionWindow / 8)
        {
            connection.Output.WriteWindow(0, _received);
            _received = 0;
        }

        if (stream is null)
        {
            return;
        }

        var isLast = header.Has(Http2Flags.EndStream);
        connection.Receive(stream, payload.Length);

        if (!stream.HasHead || stream.HasReceivedEnd)
        {
            throw Http2Failures.InvalidData(stream.HasHead ? Http2ErrorCode.StreamClosed : Http2ErrorCode.ProtocolError);
        }

        Touch(stream);
        if (isLast)
        {
            connection.ReceivedEnd(stream);
        }

        if (payload.Length > data.Length)
        {
            connection.Use(stream, payload.Length - data.Length, keepsUp: true);
        }

        stream.Receiver.OnData(data, isLast);
    }

    private void ProcessHeaders(Http2FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        var block = header.WithoutPadding(payload).Span;
        if (header.Has(Http2Flags.Priority))
        {
            block = block.Length < 5 ? throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError) : block[5..];
        }

        if (header.Has(Http2Flags.EndHeaders))
        {
            ProcessBlock(header, block);
            return;
        }

        _blockHeader = header;
        _block = new ArrayBufferWriter<byte>();
        _block.Write(block);
    }

    private void ProcessContinuation(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        // Twice the limit, for what compression may have in the block besides: beyond that it is one that never ends.
        if (_block is null || _block.WrittenCount + payload.Length > 2 * MostHead)
        {
            throw Http2Failures.InvalidData(_block is null ? Http2ErrorCode.ProtocolError : Http2ErrorCode.EnhanceYourCalm);
        }

        _block.Write(payload);
        if (header.Has(Http2Flags.EndHeaders))
        {
            var whole = _block.WrittenSpan;
            _block = null;
            ProcessBlock(_blockHeader, whole);
        }
    }

    private void ProcessBlock(Http2FrameHeader header, ReadOnlySpan<byte> block)
    {
        var stream = connection.Find(header.StreamId);
        var head = new Http2Head(isTrailing: stream?.HasHead == true, MostHead);
        _decoder.Decode(block, head);
        head.End();
        if (stream is null)
        {
            return;
        }

        var isLast = header.Has(Http2Flags.EndStream);
        if (stream.HasReceivedEnd || (stream.HasHead && !isLast))
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
        }

        if (head.Failure is not null)
        {
            connection.Fail(stream, head.Failure, Http2ErrorCode.ProtocolError);
            return;
        }

        var isInterim = !stream.HasHead && head.Status < 200;
        if (isInterim)
        {
            if (isLast || head.Status == 101)
            {
                throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
            }

            return;
        }

        stream.HasHead = true;
        Touch(stream);
        if (isLast)
        {
            connection.ReceivedEnd(stream);
        }

        stream.Receiver.OnHeaders(head, isLast);
    }

    private void ProcessReset(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        if (connection.Find(header.StreamId) is { } stream)
        {
            connection.Reset(stream, (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload));
        }
    }

    private void ProcessSettings(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
        }

        if (header.Has(Http2Flags.Ack) ? !payload.IsEmpty : payload.Length % 6 != 0)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        if (header.Has(Http2Flags.Ack))
        {
            return;
        }

        connection.Settle();
        for (; !payload.IsEmpty; payload = payload[6..])
        {
            connection.Set((Http2Setting)BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        }

        connection.Output.Write(new Http2FrameHeader(0, Http2FrameType.Settings, Http2Flags.Ack, 0), default);
        connection.NoteRoom();
    }

    private void ProcessPing(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
        }

        if (payload.Length != 8)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        if (!header.Has(Http2Flags.Ack))
        {
            connection.Output.Write(header with { Flags = Http2Flags.Ack }, payload);
        }
    }

    private void ProcessGoAway(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 8)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        if (header.StreamId != 0)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
        }

        var last = (int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue);
        _goAway = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        connection.GoAway(last, _goAway.Value);
    }

    private void ProcessWindow(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        var more = BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue;
        if (more == 0)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
        }

        if (header.StreamId == 0)
        {
            connection.Widen(stream: null, more);
        }
        else if (connection.Find(header.StreamId) is { } stream)
        {
            connection.Widen(stream, more);
        }
    }

    private void Touch(Http2Stream stream)
    {
        if (!stream.IsTouched)
        {
            stream.IsTouched = true;
            _touched.Add(stream);
        }
    }

    private void Pause()
    {
        foreach (var stream in _touched)
        {
            stream.IsTouched = false;
            stream.Receiver.OnPause();
        }

        _touched.Clear();
    }
}
