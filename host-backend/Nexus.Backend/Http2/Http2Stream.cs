namespace Nexus.Backend.Http2;

/// <summary>One request and its answer on a connection. Its state belongs to the connection and is guarded by its gate.</summary>
internal sealed class Http2Stream
{
    private readonly Http2Connection _connection;

    public Http2Stream(Http2Connection connection, int id, IHttp2Receiver receiver, int sendWindow)
    {
        _connection = connection;
        Id = id;
        Receiver = receiver;
        SendWindow = sendWindow;
    }

    public int Id { get; }

    public IHttp2Receiver Receiver { get; }

    /// <summary>Bytes that the server still takes; may be negative after it changed its mind.</summary>
    public long SendWindow { get; set; }

    /// <summary>Bytes that the server may still send.</summary>
    public int ReceiveWindow { get; set; } = Http2Connection.FirstStreamWindow;

    /// <summary>Bytes that the server may have under way when nothing is waiting here.</summary>
    public int WholeWindow { get; set; } = Http2Connection.FirstStreamWindow;

    /// <summary>Bytes used and not given back yet.</summary>
    public int Used { get; set; }

    public bool HasHead { get; set; }

    public bool HasSentEnd { get; set; }

    public bool HasReceivedEnd { get; set; }

    /// <summary>Why nothing can be sent any more.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whoever waits for window.</summary>
    public TaskCompletionSource? Waiting { get; set; }

    /// <summary>Something arrived since <see cref="IHttp2Receiver.OnPause"/>; the reading thread's own.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Sends data, as the windows allow it. One at a time.</summary>
    /// <param name="data">Taken when the result is there; may be empty at the end.</param>
    /// <param name="isLast">Whether the request ends here.</param>
    /// <exception cref="IOException">The stream is over.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool isLast)
    {
        while (true)
        {
            if (!_connection.TryWrite(this, data.Span, isLast, out var written, out var waiting))
            {
                await _connection.Output.FlushAsync().ConfigureAwait(false);
                await waiting.ConfigureAwait(false);
                continue;
            }

            data = data[written..];
            if (data.IsEmpty)
            {
                await _connection.Output.FlushAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    /// <summary>The receiver is done with bytes: the server may send as many more, and more than before if nothing waits. It is told with what leaves next, see <see cref="Flush"/>.</summary>
    public void Use(int bytes, bool keepsUp) => _connection.Use(this, bytes, keepsUp);

    /// <summary>Sends what was written; for others than the thread that reads, which does so by itself.</summary>
    public void Flush() => _ = _connection.Output.FlushAsync().AsTask();

    /// <summary>Ends the stream, if it is not over, by taking the request back.</summary>
    public void Close() => _connection.Close(this, Http2ErrorCode.Cancel);
}
