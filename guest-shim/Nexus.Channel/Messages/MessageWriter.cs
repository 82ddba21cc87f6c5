using System.Buffers.Binary;
using System.Text;

namespace Nexus.Channel.Messages;

/// <summary>Writes a message: little-endian integers, strings as a u32 byte count and UTF-8.</summary>
public ref struct MessageWriter
{
    private readonly Span<byte> _destination;

    public MessageWriter(Span<byte> destination)
    {
        _destination = destination;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>An upper bound of what <see cref="WriteString"/> takes.</summary>
    public static int MaxBytes(string? value) => 4 + ((value?.Length ?? 0) * 3);

    public void WriteByte(byte value)
    {
        _destination[Length] = value;
        Length++;
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_destination[Length..], value);
        Length += 4;
    }

    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_destination[Length..], value);
        Length += 8;
    }

    /// <summary>Bytes as they are, without a count.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }

    /// <summary>A message within a message: its u32 byte count, then its bytes.</summary>
    public void WriteCounted(IChannelMessage message)
    {
        var at = Length;
        Length += 4;
        message.Write(ref this);
        BinaryPrimitives.WriteUInt32LittleEndian(_destination[at..], (uint)(Length - at - 4));
    }

    /// <summary>A null string is written as an empty one.</summary>
    public void WriteString(string? value)
    {
        var bytes = Encoding.UTF8.GetBytes(value ?? "", _destination[(Length + 4)..]);
        WriteUInt32((uint)bytes);
        Length += bytes;
    }
}
