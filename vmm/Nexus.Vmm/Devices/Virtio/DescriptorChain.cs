using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Devices.Virtio;

/// <summary>A chain of buffers that lie in the guest's memory: first those to read, then those to write.</summary>
internal sealed class DescriptorChain(GuestMemory memory)
{
    private const uint LargestBuffer = 64 << 20;
    private readonly List<(ulong Address, int Length)> _readable = [];
    private readonly List<(ulong Address, int Length)> _writable = [];

    /// <summary>The number to give the chain back with.</summary>
    public ushort Head { get; private set; }

    /// <summary>Bytes in the buffers to read.</summary>
    public long ReadableBytes { get; private set; }

    /// <summary>Bytes in the buffers to write.</summary>
    public long WritableBytes { get; private set; }

    /// <summary>The buffers to write, in order.</summary>
    public IReadOnlyList<(ulong Address, int Length)> Writable => _writable;

    public void Begin(ushort head)
    {
        Head = head;
        _readable.Clear();
        _writable.Clear();
        ReadableBytes = WritableBytes = 0;
    }

    /// <summary>Adds a buffer after checking it.</summary>
    public void Add(ulong address, uint length, bool writable)
    {
        if (length > LargestBuffer || !memory.Contains(address, length))
        {
            throw new GuestViolationException($"a buffer of {length} bytes at 0x{address:x}");
        }

        if (writable)
        {
            _writable.Add((address, (int)length));
            WritableBytes += length;
            return;
        }

        if (_writable.Count > 0)
        {
            throw new GuestViolationException("a buffer to read behind one to write");
        }

        _readable.Add((address, (int)length));
        ReadableBytes += length;
    }

    /// <summary>Copies from the buffers to read; returns how many bytes there were.</summary>
    public int Read(long offset, Span<byte> target)
    {
        var done = 0;
        foreach (var (address, length) in _readable)
        {
            if (offset >= length)
            {
                offset -= length;
                continue;
            }

            var part = (int)Math.Min(length - offset, target.Length - done);
            memory.Slice(address + (ulong)offset, part).CopyTo(target[done..]);
            done += part;
            offset = 0;
            if (done == target.Length)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>Copies into the buffers to write; returns how many bytes there was room for.</summary>
    public int Write(long offset, ReadOnlySpan<byte> source)
    {
        var done = 0;
        foreach (var (address, length) in _writable)
        {
            if (offset >= length)
            {
                offset -= length;
                continue;
            }

            var part = (int)Math.Min(length - offset, source.Length - done);
            source.Slice(done, part).CopyTo(memory.Slice(address + (ulong)offset, part));
            done += part;
            offset = 0;
            if (done == source.Length)
            {
                break;
            }
        }

        return done;
    }
}
