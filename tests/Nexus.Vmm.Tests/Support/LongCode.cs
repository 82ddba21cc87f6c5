using System.Buffers.Binary;

namespace Nexus.Vmm.Tests.Support;

/// <summary>Writes a few instructions of 64-bit code.</summary>
internal sealed class LongCode
{
    private readonly List<byte> _bytes = [];

    /// <summary>mov rbx, address; mov dword [rbx], value</summary>
    public LongCode Store(ulong address, uint value)
    {
        Address(address);
        _bytes.AddRange([0xC7, 0x03]);
        Value(value);
        return this;
    }

    /// <summary>mov rbx, address; mov eax, [rbx]</summary>
    public LongCode Load(ulong address)
    {
        Address(address);
        _bytes.AddRange([0x8B, 0x03]);
        return this;
    }

    /// <summary>mov dx, port; mov eax, value; out dx, al or ax or eax</summary>
    public LongCode Out(ushort port, uint value, int width)
    {
        _bytes.AddRange([0x66, 0xBA, (byte)port, (byte)(port >> 8), 0xB8]);
        Value(value);
        _bytes.AddRange(
            width switch
            {
                1 => [0xEE],
                2 => [0x66, 0xEF],
                _ => new byte[] { 0xEF },
            }
        );
        return this;
    }

    /// <summary>mov dx, port; in al or ax or eax, dx</summary>
    public LongCode In(ushort port, int width)
    {
        _bytes.AddRange([0x66, 0xBA, (byte)port, (byte)(port >> 8)]);
        _bytes.AddRange(
            width switch
            {
                1 => [0xEC],
                2 => [0x66, 0xED],
                _ => new byte[] { 0xED },
            }
        );
        return this;
    }

    /// <summary>mov rbx, address; then for ever: inc dword [rbx]</summary>
    public LongCode Count(ulong address)
    {
        Address(address);
        _bytes.AddRange([0xFF, 0x03, 0xEB, 0xFC]);
        return this;
    }

    public LongCode Raw(params ReadOnlySpan<byte> code)
    {
        _bytes.AddRange(code);
        return this;
    }

    /// <summary>A kernel of this code.</summary>
    public Vmm.Boot.KernelImage ToKernel() => Vmm.Boot.KernelImage.Parse(TinyElf.Build(_bytes.ToArray()));

    private void Address(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, address);
        _bytes.AddRange([0x48, 0xBB]);
        _bytes.AddRange(bytes);
    }

    private void Value(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }
}
