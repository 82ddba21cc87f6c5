using System.Buffers.Binary;

namespace Nexus.Vmm.Snapshots;

/// <summary>Collects a device's state, field by field, little-endian and without padding.</summary>
internal sealed class StateWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => _bytes.ToArray();

    public void Put8(byte value) => _bytes.Add(value);

    public void Put16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    public void Put32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    public void Put64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    /// <summary>A length of 32 bits and the bytes.</summary>
    public void PutBytes(ReadOnlySpan<byte> bytes)
    {
        Put32((uint)bytes.Length);
        _bytes.AddRange(bytes);
    }
}
