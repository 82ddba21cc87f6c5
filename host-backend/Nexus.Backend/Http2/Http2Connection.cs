using System.Buffers.Binary;
using Nexus.Backend.Http2.Hpack;

namespace Nexus.Backend.Http2;

/// <summary>
/// A client's HTTP/2 connection: RFC 9113. Whoever the underlying stream's reads complete on reads for all requests, and tells their receivers right there; whoever
/// sends a request writes it: nothing changes threads (docs/decisions/0017-http2.md).
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    /// <summary>Bytes of an answer that a server may send ahead at first.</summary>
    public const int FirstStreamWindow = 128 * 1024;

    private const int MostStreamWindow = 1024 * 1024;
    private const int ConnectionWindow = 64 * 1024 * 1024;
    private const int DefaultWindow = 65_535;
    private const int MostFrame = 16 * 1024;
    private const int MostHead = 64 * 1024;
    private const int BufferSize = 64 * 1024;

    private readonly Stream _stream;
    private readonly Action<Http2Connection> _onRoom;
    private readonly HpackDecoder _decoder = new();
    private readonly object _gate = new();
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly List<Http2Stream> _touched = [];

    // Guarded by the gate.
    private int _active;
    private int _mostStreams = 1;
    private bool _isSettled;
    private int _nextId = 1;
    private int _firstSendWindow = DefaultWindow;
    private long _sendWindow = DefaultWindow;
    private bool _isLeaving;
    private Exception? _failure;
    private long _idleSince = Environment.TickCount64;

    // The reading thread's own.
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private int _received;
    private Http2ErrorCode? _goAway;
    private MemoryStream? _block;
    private Http2FrameHeader _blockHeader;

    /// <summary>Takes a connection over that is established, and says hello; <see cref="Start"/> begins to read.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="onRoom">Told when it may take another request, and when it takes none any more.</param>
    public Http2Connection(Stream stream, Action<Http2Connection> onRoom)
    {
        _stream = stream;
        _onRoom = onRoom;
        Output = new Http2Output(stream, Abort);
        Output.WriteRaw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Span<byte> settings = stackalloc byte[18];
        WriteSetting(settings, Http2Setting.EnablePush, 0);
        WriteSetting(settings[6..], Http2Setting.InitialWindowSize, FirstStreamWindow);
        WriteSetting(settings[12..], Http2Setting.MaxHeaderListSize, MostHead);
        Output.Write(new Http2FrameHeader(settings.Length, Http2FrameType.Settings, Http2Flags.None, 0), settings);
        WriteWindow(0, ConnectionWindow - DefaultWindow);
    }

    public Http2Output Output { get; }

    /// <summary>Whether it takes no request any more, and never will.</summary>
    public bool IsLeaving
    {
        get
        {
            lock (_gate)
            {
                return _isLeaving || _failure is not null;
            }
        }
    }

    /// <summary>Whether the server has said how many requests it takes; until then it is sent one.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate)
            {
                return _isSettled || _isLeaving || _failure is not null;
            }
        }
    }

    /// <summary>Reads until the connection ends.</summary>
    public void Start() => _ = ReadAsync();

    /// <summary>Claims a place for one request, which <see cref="Open"/> takes or <see cref="Leave"/> gives back.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_isLeaving || _failure is not null || _active >= _mostStreams)
            {
                return false;
            }

            _active++;
            return true;
        }
    }

    /// <summary>Gives a place back that was not used.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            LeaveLocked();
        }

        NoteRoom();
    }

    /// <summary>Begins a request; its head leaves with what is written next.</summary>
    /// <param name="block">The encoded header block.</param>
    /// <param name="receiver">Gets the answer.</param>
    /// <exception cref="IOException">The connection has ended.</exception>
    public Http2Stream Open(ReadOnlySpan<byte> block, IHttp2Receiver receiver)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                LeaveLocked();
                throw Http2Failures.Unsent(_failure);
            }

            var stream = new Http2Stream(this, _nextId, receiver, _firstSendWindow);
            _nextId += 2;
            // The numbers are used up: what is under way goes on.
            _isLeaving |= _nextId < 0;
            _streams.Add(stream.Id, stream);
            var type = Http2FrameType.Headers;
            do
            {
                var part = block[..Math.Min(block.Length, MostFrame)];
                block = block[part.Length..];
                var flags = block.IsEmpty ? Http2Flags.EndHeaders : Http2Flags.None;
                Output.Write(new Http2FrameHeader(part.Length, type, flags, stream.Id), part);
                type = Http2FrameType.Continuation;
            } while (!block.IsEmpty);
            return stream;
        }
    }

    /// <summary>Ends the connection if nothing has been on it for some time.</summary>
    public void CloseIfIdle(TimeSpan limit)
    {
        lock (_gate)
        {
            if (_active > 0 || Environment.TickCount64 - _idleSince < limit.TotalMilliseconds)
            {
                return;
            }

            _isLeaving = true;
        }

        Dispose();
    }

    public void Dispose() => Abort(new ObjectDisposedException(nameof(Http2Connection)));

    /// <summary>Writes as much of a request's data as may be sent now.</summary>
    /// <param name="stream">The request's.</param>
    /// <param name="data">All that is left.</param>
    /// <param name="isLast">Whether the request ends with it.</param>
    /// <param name="written">Bytes taken.</param>
    /// <param name="waiting">When to try again if nothing was.</param>
    /// <exception cref="IOException">The stream is over.</exception>
    internal bool TryWrite(Http2Stream stream, ReadOnlySpan<byte> data, bool isLast, out int written, out ValueTask waiting)
    {
        written = 0;
        waiting = Output.WaitForRoomAsync();
        if (!waiting.IsCompleted)
        {
            return false;
        }

        lock (_gate)
        {
            if (stream.Failure is not null)
            {
                throw Http2Failures.InAnswer(stream.Failure);
            }

            written = (int)Math.Min(Math.Min(data.Length, MostFrame), Math.Min(_sendWindow, stream.SendWindow));
            if (written <= 0 && !data.IsEmpty)
            {
                written = 0;
                stream.Waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = new ValueTask(stream.Waiting.Task);
                return false;
            }

            var ends = isLast && written == data.Length;
            if (written > 0 || ends)
            {
                _sendWindow -= written;
                stream.SendWindow -= written;
                var flags = ends ? Http2Flags.EndStream : Http2Flags.None;
                Output.Write(new Http2FrameHeader(written, Http2FrameType.Data, flags, stream.Id), data[..written]);
            }

            stream.HasSentEnd |= ends;
            return true;
        }
    }

    internal void Use(Http2Stream stream, int bytes, bool keepsUp)
    {
        lock (_gate)
        {
            stream.Used += bytes;
            if (stream.HasReceivedEnd || stream.Failure is not null || stream.Used < stream.WholeWindow / 2)
            {
                return;
            }

            // It costs nothing to let a server send far ahead as long as all of it is passed on at once.
            var more = keepsUp ? Math.Min(stream.WholeWindow, MostStreamWindow - stream.WholeWindow) : 0;
            stream.WholeWindow += more;
            stream.ReceiveWindow += stream.Used + more;
            WriteWindow(stream.Id, stream.Used + more);
            stream.Used = 0;
        }
    }

    internal void Close(Http2Stream stream, Http2ErrorCode code)
    {
        lock (_gate)
        {
            if (!_streams.Remove(stream.Id))
            {
                return;
            }

            if (!stream.HasSentEnd || !stream.HasReceivedEnd)
            {
                WriteReset(stream.Id, code);
            }

            EndLocked(stream, new OperationCanceledException());
            LeaveLocked();
        }

        _ = Output.FlushAsync().AsTask();
        NoteRoom();
    }

    private static void WriteSetting(Span<byte> bytes, Http2Setting setting, uint value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)setting);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], value);
    }

    private static void EndLocked(Http2Stream stream, Exception failure)
    {
        stream.Failure ??= failure;
        stream.Waiting?.TrySetResult();
        stream.Waiting = null;
    }

    private void LeaveLocked()
    {
        if (--_active == 0)
        {
            _idleSince = Environment.TickCount64;
        }
    }

    /// <summary>A request is over: another may come, or the last one was what a connection that is to go waited for.</summary>
    private void NoteRoom()
    {
        bool isDone;
        lock (_gate)
        {
            isDone = _isLeaving && _active == 0;
        }

        if (isDone)
        {
            Dispose();
        }

        _onRoom(this);
    }

    private void WriteWindow(int streamId, int bytes)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        Output.Write(new Http2FrameHeader(payload.Length, Http2FrameType.WindowUpdate, Http2Flags.None, streamId), payload);
    }

    private void WriteReset(int streamId, Http2ErrorCode code)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)code);
        Output.Write(new Http2FrameHeader(payload.Length, Http2FrameType.ResetStream, Http2Flags.None, streamId), payload);
    }

    /// <summary>Ends everything on the connection.</summary>
    private void Abort(Exception failure)
    {
        Http2Stream[] streams;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = failure;
            streams = [.. _streams.Values];
            _streams.Clear();
            foreach (var stream in streams)
            {
                EndLocked(stream, failure);
                LeaveLocked();
            }
        }

        Output.Fail();
        foreach (var stream in streams)
        {
            if (!stream.HasReceivedEnd)
            {
                stream.Receiver.OnFailed(failure, wasIgnored: false);
            }
        }

        _stream.Dispose();
        _onRoom(this);
    }

    private async Task ReadAsync()
    {
        try
        {
            _ = Output.FlushAsync().AsTask();
            await ReadFirstAsync().ConfigureAwait(false);
            while (true)
            {
                while (TryTakeFrame(out var header, out var payload))
                {
                    Process(header, payload);
                }

                Pause();
                // Not waited for: a server that does not read before it has written must not stop the reading here.
                _ = Output.FlushAsync().AsTask();
                await FillAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            Pause();
            await SayGoodbyeAsync(failure).ConfigureAwait(false);
            Abort(failure);
        }
    }

    /// <summary>A server's settings come first.</summary>
    private async ValueTask ReadFirstAsync()
    {
        try
        {
            while (_end - _start < Http2FrameHeader.Size)
            {
                await FillAsync().ConfigureAwait(false);
            }

            var header = Http2FrameHeader.Read(_buffer.AsSpan(_start));
            if (header.Type != Http2FrameType.Settings || header.Has(Http2Flags.Ack))
            {
                throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
            }

            while (!HasFrame())
            {
                await FillAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is not HttpProtocolException)
        {
            throw Http2Failures.NotEstablished(failure);
        }
    }

    private async ValueTask SayGoodbyeAsync(Exception failure)
    {
        var code = failure switch
        {
            HttpProtocolException protocol => (Http2ErrorCode)protocol.ErrorCode,
            HpackException => Http2ErrorCode.CompressionError,
            OverflowException => Http2ErrorCode.FlowControlError,
            _ => Http2ErrorCode.NoError,
        };
        if (code == Http2ErrorCode.NoError || _goAway is not null)
        {
            return;
        }

        var payload = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), (uint)code);
        Output.Write(new Http2FrameHeader(payload.Length, Http2FrameType.GoAway, Http2Flags.None, 0), payload);
        await Output.FlushAsync().ConfigureAwait(false);
    }

    private async ValueTask FillAsync()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_buffer.Length - _start < MostFrame + Http2FrameHeader.Size)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await _stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        if (read > 0)
        {
            _end += read;
            return;
        }

        throw _goAway is { } code ? Http2Failures.Closed(code)
        : _start == _end ? Http2Failures.EndedBetweenFrames()
        : Http2Failures.EndedWithinFrame(MissingBytes());
    }

    private int MissingBytes()
    {
        var begun = _end - _start;
        return begun < Http2FrameHeader.Size
            ? Http2FrameHeader.Size - begun
            : Http2FrameHeader.Size + Http2FrameHeader.Read(_buffer.AsSpan(_start)).Length - begun;
    }

    private bool HasFrame()
    {
        if (_end - _start < Http2FrameHeader.Size)
        {
            return false;
        }

        var length = Http2FrameHeader.Read(_buffer.AsSpan(_start)).Length;
        return length > MostFrame
            ? throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError)
            : _end - _start >= Http2FrameHeader.Size + length;
    }

    private bool TryTakeFrame(out Http2FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        header = default;
        payload = default;
        if (!HasFrame())
        {
            return false;
        }

        header = Http2FrameHeader.Read(_buffer.AsSpan(_start));
        payload = _buffer.AsMemory(_start + Http2FrameHeader.Size, header.Length);
        _start += Http2FrameHeader.Size + header.Length;
        return true;
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
                ProcessHeaders(header, payload.Span);
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
        var stream = Find(header.StreamId);
        var data = WithoutPadding(header, payload);
        _received += payload.Length;
        if (_received >= ConnectionWindow / 8)
        {
            WriteWindow(0, _received);
            _received = 0;
        }

        if (stream is null)
        {
            return;
        }

        var isLast = header.Has(Http2Flags.EndStream);
        lock (_gate)
        {
            stream.ReceiveWindow -= payload.Length;
            if (stream.ReceiveWindow < 0)
            {
                throw Http2Failures.InvalidData(Http2ErrorCode.FlowControlError);
            }
        }

        if (!stream.HasHead || stream.HasReceivedEnd)
        {
            throw Http2Failures.InvalidData(stream.HasHead ? Http2ErrorCode.StreamClosed : Http2ErrorCode.ProtocolError);
        }

        Touch(stream);
        if (isLast)
        {
            ReceivedEnd(stream);
        }

        if (payload.Length > data.Length)
        {
            Use(stream, payload.Length - data.Length, keepsUp: true);
        }

        stream.Receiver.OnData(data, isLast);
    }

    private void ProcessHeaders(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var block = WithoutPadding(header, payload);
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
        _block = new MemoryStream();
        _block.Write(block);
    }

    private void ProcessContinuation(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        // Twice the limit, for what compression may have in the block besides: beyond that it is one that never ends.
        if (_block is null || _block.Length + payload.Length > 2 * MostHead)
        {
            throw Http2Failures.InvalidData(_block is null ? Http2ErrorCode.ProtocolError : Http2ErrorCode.EnhanceYourCalm);
        }

        _block.Write(payload);
        if (header.Has(Http2Flags.EndHeaders))
        {
            var whole = _block.GetBuffer().AsSpan(0, (int)_block.Length);
            _block = null;
            ProcessBlock(_blockHeader, whole);
        }
    }

    private void ProcessBlock(Http2FrameHeader header, ReadOnlySpan<byte> block)
    {
        var stream = Find(header.StreamId);
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
            Fail(stream, head.Failure, Http2ErrorCode.ProtocolError);
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
            ReceivedEnd(stream);
        }

        stream.Receiver.OnHeaders(head, isLast);
    }

    private void ProcessReset(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        if (Find(header.StreamId) is not { } stream)
        {
            return;
        }

        var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
        bool hasAnswer;
        lock (_gate)
        {
            hasAnswer = stream.HasReceivedEnd;
            if (!_streams.Remove(stream.Id))
            {
                return;
            }

            EndLocked(stream, Http2Failures.Reset(code));
            LeaveLocked();
        }

        if (!hasAnswer)
        {
            stream.Receiver.OnFailed(Http2Failures.Reset(code), wasIgnored: code == Http2ErrorCode.RefusedStream);
        }

        NoteRoom();
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

        lock (_gate)
        {
            // A server that names no limit has none.
            _mostStreams = _isSettled ? _mostStreams : int.MaxValue;
            _isSettled = true;
        }

        for (; !payload.IsEmpty; payload = payload[6..])
        {
            Set((Http2Setting)BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        }

        Output.Write(new Http2FrameHeader(0, Http2FrameType.Settings, Http2Flags.Ack, 0), default);
        _onRoom(this);
    }

    private void Set(Http2Setting setting, uint value)
    {
        lock (_gate)
        {
            switch (setting)
            {
                case Http2Setting.MaxConcurrentStreams:
                    _mostStreams = (int)Math.Min(value, int.MaxValue);
                    break;
                case Http2Setting.InitialWindowSize:
                    if (value > int.MaxValue)
                    {
                        throw Http2Failures.InvalidData(Http2ErrorCode.FlowControlError);
                    }

                    foreach (var stream in _streams.Values)
                    {
                        stream.SendWindow += (int)value - _firstSendWindow;
                        Wake(stream);
                    }

                    _firstSendWindow = (int)value;
                    break;
                case Http2Setting.MaxFrameSize:
                    if (value is < MostFrame or > 0xff_ffff)
                    {
                        throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
                    }

                    // Larger ones would only keep others waiting.
                    break;
                default:
                    break;
            }
        }
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
            Output.Write(header with { Flags = Http2Flags.Ack }, payload);
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
        var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        _goAway = code;
        var failure = Http2Failures.Closed(code);
        List<Http2Stream> ignored;
        lock (_gate)
        {
            _isLeaving = true;
            ignored = [.. _streams.Values.Where(stream => stream.Id > last)];
            foreach (var stream in ignored)
            {
                _streams.Remove(stream.Id);
                EndLocked(stream, failure);
                LeaveLocked();
            }
        }

        foreach (var stream in ignored)
        {
            stream.Receiver.OnFailed(failure, wasIgnored: true);
        }

        NoteRoom();
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

        if (header.StreamId != 0)
        {
            if (Find(header.StreamId) is { } stream)
            {
                lock (_gate)
                {
                    stream.SendWindow = Widen(stream.SendWindow, more);
                    Wake(stream);
                }
            }

            return;
        }

        lock (_gate)
        {
            _sendWindow = Widen(_sendWindow, more);
            foreach (var stream in _streams.Values)
            {
                Wake(stream);
            }
        }
    }

    // The exception is what .NET's client fails with.
    private static long Widen(long window, uint more) => checked((int)(window + more));

    private static void Wake(Http2Stream stream)
    {
        if (stream.SendWindow > 0)
        {
            stream.Waiting?.TrySetResult();
            stream.Waiting = null;
        }
    }

    /// <summary>The stream of a frame; null when it is over.</summary>
    private Http2Stream? Find(int id)
    {
        lock (_gate)
        {
            if (id <= 0 || (id >= _nextId && _nextId > 0))
            {
                throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
            }

            return _streams.GetValueOrDefault(id);
        }
    }

    private void Fail(Http2Stream stream, Exception failure, Http2ErrorCode code)
    {
        Close(stream, code);
        stream.Receiver.OnFailed(failure, wasIgnored: false);
    }

    private void ReceivedEnd(Http2Stream stream)
    {
        var isOver = false;
        lock (_gate)
        {
            stream.HasReceivedEnd = true;
            if (stream.HasSentEnd && _streams.Remove(stream.Id))
            {
                LeaveLocked();
                isOver = true;
            }
        }

        if (isOver)
        {
            NoteRoom();
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

    private static ReadOnlyMemory<byte> WithoutPadding(Http2FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        var left = WithoutPadding(header, payload.Span);
        return header.Has(Http2Flags.Padded) ? payload.Slice(1, left.Length) : payload;
    }

    private static ReadOnlySpan<byte> WithoutPadding(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!header.Has(Http2Flags.Padded))
        {
            return payload;
        }

        if (payload.IsEmpty)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        return payload[0] < payload.Length ? payload[1..^payload[0]] : throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
    }
}
