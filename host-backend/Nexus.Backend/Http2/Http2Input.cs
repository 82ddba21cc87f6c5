namespace Nexus.Backend.Http2;

/// <summary>The bytes that a peer sends, cut into frames.</summary>
/// <param name="stream">Where they come from.</param>
internal sealed class Http2Input(Stream stream)
{
    private const int BufferSize = 64 * 1024;
    private const int MostFrame = Http2FrameHeader.Size + Http2Connection.MostFrame;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;

    private Span<byte> Arrived => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Reads what there is, at least a byte.</summary>
    /// <exception cref="HttpIOException">The peer has ended the connection.</exception>
    public async ValueTask FillAsync()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_buffer.Length - _start < MostFrame)
        {
            Arrived.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += read;
        if (read == 0)
        {
            throw _start == _end ? Http2Failures.EndedBetweenFrames() : Http2Failures.EndedWithinFrame(MissingBytes());
        }
    }

    /// <summary>The next frame's header, once that has arrived.</summary>
    public bool TryPeek(out Http2FrameHeader header)
    {
        var isThere = _end - _start >= Http2FrameHeader.Size;
        header = isThere ? Http2FrameHeader.Read(Arrived) : default;
        return isThere;
    }

    /// <summary>The next frame, once all of it has arrived.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload, gone with the next <see cref="FillAsync"/>.</param>
    /// <exception cref="HttpProtocolException">It is larger than frames may be.</exception>
    public bool TryTake(out Http2FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (!TryPeek(out header))
        {
            return false;
        }

        if (header.Length > Http2Connection.MostFrame)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        var size = Http2FrameHeader.Size + header.Length;
        if (_end - _start < size)
        {
            return false;
        }

        payload = _buffer.AsMemory(_start + Http2FrameHeader.Size, header.Length);
        _start += size;
        return true;
    }

    private int MissingBytes() =>
        (TryPeek(out var header) ? Http2FrameHeader.Size + header.Length : Http2FrameHeader.Size) - Arrived.Length;
}
