using System.Buffers.Binary;

namespace Nexus.Vmm.Acpi;

/// <summary>The resources of a device (ACPI specification 6.5, section 6.4).</summary>
internal sealed class ResourceTemplate
{
    private readonly List<byte> _bytes = [];

    /// <summary><c>Memory32Fixed (ReadWrite, address, length)</c></summary>
    public ResourceTemplate Memory(uint address, uint length)
    {
        Span<byte> entry = [0x86, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], address);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], length);
        _bytes.AddRange(entry);
        return this;
    }

    /// <summary><c>Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) { line }</c></summary>
    public ResourceTemplate EdgeInterrupt(uint line)
    {
        // Flags: consumer, edge; active high and exclusive are 0.
        Span<byte> entry = [0x89, 6, 0, 0x03, 1, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(entry[5..], line);
        _bytes.AddRange(entry);
        return this;
    }

    /// <summary><c>IO (Decode16, port, port, 1, length)</c></summary>
    public ResourceTemplate Ports(ushort port, byte length)
    {
        Span<byte> entry = [0x47, 1, 0, 0, 0, 0, 1, length];
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], port);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], port);
        _bytes.AddRange(entry);
        return this;
    }

    /// <summary>With the end tag, whose checksum 0 means: not computed.</summary>
    public byte[] ToArray() => [.. _bytes.ToArray(), 0x79, 0];
}
