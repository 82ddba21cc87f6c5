using System.Buffers.Binary;

namespace Nexus.Vmm.Interop;

/// <summary>A kvm_cpuid2 structure: count, padding, then entries of function, index, flags, eax, ebx, ecx, edx and padding.</summary>
internal sealed class CpuidTable(byte[] bytes)
{
    public const int EntryBytes = 40;
    public const int Eax = 12;
    public const int Ebx = 16;
    public const int Ecx = 20;
    public const int Edx = 24;

    public byte[] Bytes { get; } = bytes;

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(Bytes);

    /// <summary>Changes a register of every entry of a function.</summary>
    public void Change(uint function, int register, Func<uint, uint> change)
    {
        for (var i = 0; i < Count; i++)
        {
            var entry = Bytes.AsSpan(8 + (i * EntryBytes), EntryBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == function)
            {
                var field = entry[register..];
                BinaryPrimitives.WriteUInt32LittleEndian(field, change(BinaryPrimitives.ReadUInt32LittleEndian(field)));
            }
        }
    }
}
