namespace RestCaller;

/// <summary>Bytes that cannot be sought in, so that nobody knows how many there are.</summary>
internal sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
{
    public int BytesRead { get; private set; }

    public override bool CanSeek => false;

    public override int Read(byte[] buffer, int offset, int count) => Note(base.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => Note(base.Read(buffer));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer, offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        var buffer = new byte[bufferSize];
        for (int read; (read = Read(buffer, 0, buffer.Length)) > 0; )
        {
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private int Note(int read)
    {
        BytesRead += read;
        return read;
    }
}
