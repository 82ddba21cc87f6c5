using System.Text;

namespace Nexus.Vmm.Machine;

/// <summary>The end of the serial output, for the reason of a panic.</summary>
internal sealed class ConsoleTail
{
    private const int Bytes = 8192;
    private static readonly byte[] Panic = "Kernel panic - not syncing: "u8.ToArray();
    private readonly byte[] _ring = new byte[Bytes];
    private readonly Lock _gate = new();
    private long _written;

    public void Add(byte value)
    {
        lock (_gate)
        {
            _ring[_written++ % Bytes] = value;
        }
    }

    /// <summary>What was written last, at most 8 KiB.</summary>
    public string Text => Encoding.Latin1.GetString(Copy());

    /// <summary>The line of a kernel's panic message behind its mark; null if there is none.</summary>
    public string? PanicReason
    {
        get
        {
            var bytes = Copy();
            var start = bytes.AsSpan().IndexOf(Panic);
            if (start < 0)
            {
                return null;
            }

            var line = bytes.AsSpan(start + Panic.Length);
            var end = line.IndexOfAny((byte)'\r', (byte)'\n');
            return Encoding.Latin1.GetString(end < 0 ? line : line[..end]);
        }
    }

    private byte[] Copy()
    {
        lock (_gate)
        {
            var length = (int)Math.Min(_written, Bytes);
            var copy = new byte[length];
            for (var i = 0; i < length; i++)
            {
                copy[i] = _ring[(_written - length + i) % Bytes];
            }

            return copy;
        }
    }
}
