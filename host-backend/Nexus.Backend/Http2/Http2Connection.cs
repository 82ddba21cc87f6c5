using System.Diagnostics;
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

    /// <summary>Bytes of all answers together, never the limit.</summary>
    internal const int ConnectionWindow = 64 * 1024 * 1024;
    private const int DefaultWindow = 65_535;

    /// <summary>Bytes of a frame's payload, each way: what every peer takes.</summary>
    internal const int MostFrame = 16 * 1024;

    private readonly Stream _stream;
    private readonly Action<Http2Connection> _onRoom;
    private readonly object _gate = new();
    private readonly Dictionary<int, Http2Stream> _streams = [];

    // Guarded by the gate.
    private int _active;
    private int _mostStreams = 1;
    private bool _isSettled;
    private long _mostHead = uint.MaxValue;
    private int _nextId = 1;
    private int _firstSendWindow = DefaultWindow;
    private long _sendWindow = DefaultWindow;
    private bool _isLeaving;
    private Exception? _failure;
    private long _idleSince = Stopwatch.GetTimestamp();
    private readonly long _madeAt = Stopwatch.GetTimestamp();

    /// <summary>Takes a connection over that is established, and says hello; <see cref="Start"/> begins to read.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="onRoom">Told when it may take another request, and when it takes none any more.</param>
    public Http2Connection(Stream stream, Action<Http2Connection> onRoom)
    {
        _stream = stream;
        _onRoom = onRoom;
        Output = new Http2Output(stream, Abort);
        Output.WriteRaw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Output.WriteSettings([
            (Http2Setting.EnablePush, 0),
            (Http2Setting.InitialWindowSize, FirstStreamWindow),
            (Http2Setting.MaxHeaderListSize, Http2Reader.MostHead),
        ]);
        Output.WriteWindow(0, ConnectionWindow - DefaultWindow);
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
    public void Start() => _ = new Http2Reader(this, _stream).RunAsync();

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
    /// <param name="block">The request's headers.</param>
    /// <param name="receiver">Gets the answer.</param>
    /// <exception cref="HttpRequestException">The connection has ended, or the server takes no headers of that size.</exception>
    public void Open(HeaderBlock block, IHttp2Receiver receiver)
    {
        if (TryOpen(block, receiver) is { } failure)
        {
            Leave();
            throw failure;
        }
    }

    /// <summary>Ends the connection if nothing has been on it for some time, or if its server has not said a word.</summary>
    /// <param name="idle">How long it may be without a request.</param>
    /// <param name="silent">How long it may be without the server's settings: until then requests wait for one another.</param>
    public void CloseIfUnused(TimeSpan idle, TimeSpan silent)
    {
        bool isIdle;
        bool isSilent;
        lock (_gate)
        {
            isIdle = _active == 0 && Stopwatch.GetElapsedTime(_idleSince) >= idle;
            isSilent = !_isSettled && Stopwatch.GetElapsedTime(_madeAt) >= silent;
            _isLeaving |= isIdle;
        }

        if (isSilent)
        {
            Abort(Http2Failures.NotEstablished(new TimeoutException()));
        }
        else if (isIdle)
        {
            Dispose();
        }
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

    /// <summary>Bytes of an answer have been passed on.</summary>
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
            Output.WriteWindow(stream.Id, stream.Used + more);
            stream.Used = 0;
        }
    }

    /// <summary>Ends a stream that is not over.</summary>
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
                Output.WriteReset(stream.Id, code);
            }

            EndLocked(stream, new OperationCanceledException());
            LeaveLocked();
        }

        _ = Output.FlushAsync().AsTask();
        NoteRoom();
    }

    private HttpRequestException? TryOpen(HeaderBlock block, IHttp2Receiver receiver)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return Http2Failures.Unsent(_failure);
            }

            if (block.ListSize > _mostHead)
            {
                return Http2Failures.RequestHeadTooLarge(_mostHead);
            }

            var stream = new Http2Stream(this, _nextId, receiver, _firstSendWindow);
            _nextId += 2;
            // The numbers are used up: what is under way goes on.
            _isLeaving |= _nextId < 0;
            _streams.Add(stream.Id, stream);
            receiver.OnOpened(stream);
            var type = Http2FrameType.Headers;
            var left = block.Bytes;
            do
            {
                var part = left[..Math.Min(left.Length, MostFrame)];
                left = left[part.Length..];
                var flags = left.IsEmpty ? Http2Flags.EndHeaders : Http2Flags.None;
                Output.Write(new Http2FrameHeader(part.Length, type, flags, stream.Id), part);
                type = Http2FrameType.Continuation;
            } while (!left.IsEmpty);
            return null;
        }
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
            _idleSince = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A request is over, or more may run: another may come, or the last one was what a connection that is to go waited for.</summary>
    internal void NoteRoom()
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

    /// <summary>Ends everything on the connection.</summary>
    internal void Abort(Exception failure)
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

    /// <summary>The server has sent data on a stream.</summary>
    /// <exception cref="HttpProtocolException">More than it may.</exception>
    internal void Receive(Http2Stream stream, int bytes)
    {
        lock (_gate)
        {
            stream.ReceiveWindow -= bytes;
            if (stream.ReceiveWindow < 0)
            {
                throw Http2Failures.InvalidData(Http2ErrorCode.FlowControlError);
            }
        }
    }

    /// <summary>The server has ended a stream.</summary>
    internal void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        var failure = Http2Failures.Reset(code);
        lock (_gate)
        {
            if (!_streams.Remove(stream.Id))
            {
                return;
            }

            EndLocked(stream, failure);
            LeaveLocked();
        }

        if (!stream.HasReceivedEnd)
        {
            stream.Receiver.OnFailed(failure, wasIgnored: code == Http2ErrorCode.RefusedStream);
        }

        NoteRoom();
    }

    /// <summary>The server takes no more requests, and has ignored those with numbers above <paramref name="last"/>.</summary>
    internal void GoAway(int last, Http2ErrorCode code)
    {
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

    /// <summary>The server's settings have arrived; <see cref="Set"/> tells what they are.</summary>
    internal void Settle()
    {
        lock (_gate)
        {
            // A server that names no limit has none.
            _mostStreams = _isSettled ? _mostStreams : int.MaxValue;
            _isSettled = true;
        }
    }

    /// <summary>The server takes more data on a stream, or on the connection.</summary>
    /// <param name="stream">Null for the connection.</param>
    /// <param name="more">Bytes.</param>
    /// <exception cref="OverflowException">More than a window may be; it is what .NET's client fails with.</exception>
    internal void Widen(Http2Stream? stream, uint more)
    {
        lock (_gate)
        {
            if (stream is not null)
            {
                stream.SendWindow = checked((int)(stream.SendWindow + more));
                Wake(stream);
                return;
            }

            _sendWindow = checked((int)(_sendWindow + more));
            foreach (var waiting in _streams.Values)
            {
                Wake(waiting);
            }
        }
    }

    /// <summary>One of the server's settings.</summary>
    /// <exception cref="HttpProtocolException">It cannot be that.</exception>
    internal void Set(Http2Setting setting, uint value)
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
                case Http2Setting.MaxHeaderListSize:
                    _mostHead = value;
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

    private static void Wake(Http2Stream stream)
    {
        if (stream.SendWindow > 0)
        {
            stream.Waiting?.TrySetResult();
            stream.Waiting = null;
        }
    }

    /// <summary>The stream of a frame; null when it is over.</summary>
    internal Http2Stream? Find(int id)
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

    /// <summary>An answer cannot be used.</summary>
    internal void Fail(Http2Stream stream, Exception failure, Http2ErrorCode code)
    {
        Close(stream, code);
        stream.Receiver.OnFailed(failure, wasIgnored: false);
    }

    /// <summary>An answer has ended.</summary>
    internal void ReceivedEnd(Http2Stream stream)
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
}
