namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// The event as a read-only, seekable stream over memory that is lent for one invocation. After <see cref="Release"/> every use
/// fails with <see cref="ObjectDisposedException"/>: the memory then belongs to somebody else.
/// </summary>
/// <remarks>Closing it does nothing: serializers close what they read, and the memory is not theirs. Reads hold a lock, so that a task the handler left behind cannot be in the middle of one while the memory goes back.</remarks>
public sealed class EventStream(ReadOnlyMemory<byte> memory) : Stream
{
    private readonly object _gate = new();
    private readonly int _length = memory.Length;
    private ReadOnlyMemory<byte> _memory = memory;
    private int _position;
    private bool _released;

    public override bool CanRead => !_released;

    public override bool CanSeek => !_released;

    public override bool CanWrite => false;

    public override long Length
    {
        get
        {
            ThrowIfReleased();
            return _length;
        }
    }

    public override long Position
    {
        get
        {
            ThrowIfReleased();
            return _position;
        }
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>Takes the memory away. The invoker calls it when the invocation has ended.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _released = true;
            _memory = default;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            ThrowIfReleased();
            var rest = _memory.Span[Math.Min(_position, _length)..];
            var count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            _position += count;
            return count;
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>One write straight from the lent memory: no buffer between it and the destination.</summary>
    public override void CopyTo(Stream destination, int bufferSize)
    {
        ValidateCopyToArguments(destination, bufferSize);
        lock (_gate)
        {
            ThrowIfReleased();
            destination.Write(_memory.Span[Math.Min(_position, _length)..]);
            _position = Math.Max(_position, _length);
        }
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        ThrowIfReleased();
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            SeekOrigin.End => _length + offset,
            _ => throw new ArgumentOutOfRangeException(nameof(origin)),
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target, int.MaxValue, nameof(offset));
        _position = (int)target;
        return target;
    }

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException("The event is read-only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The event is read-only.");

    private void ThrowIfReleased()
    {
        if (_released)
        {
            throw new ObjectDisposedException(nameof(EventStream), "The invocation has ended and its event is gone; copy it to keep it.");
        }
    }
}
