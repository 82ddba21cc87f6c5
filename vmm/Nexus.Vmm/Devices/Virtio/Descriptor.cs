using System.Buffers.Binary;

namespace Nexus.Vmm.Devices.Virtio;

/// <summary>A copy of one descriptor (struct virtq_desc).</summary>
internal readonly record struct Descriptor(ulong Address, uint Length, ushort Flags, ushort Next)
{
    public static Descriptor Parse(ReadOnlySpan<byte> copy) =>
        new(
            BinaryPrimitives.ReadUInt64LittleEndian(copy),
            BinaryPrimitives.ReadUInt32LittleEndian(copy[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(copy[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(copy[14..])
        );
}
