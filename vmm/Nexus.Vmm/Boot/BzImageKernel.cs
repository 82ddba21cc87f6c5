using System.Buffers.Binary;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>A compressed kernel (vmlinuz) with the 64-bit boot protocol (the kernel's Documentation/arch/x86/boot.rst).</summary>
internal sealed class BzImageKernel : KernelImage
{
    public const int HeaderOffset = 0x1F1;
    public const int MagicOffset = 0x202;
    private const int HeaderLengthOffset = 0x201;
    private const int VersionOffset = 0x206;
    private const int XLoadFlagsOffset = 0x236;
    private const int PreferredAddressOffset = 0x258;
    private const int InitSizeOffset = 0x260;
    private const int SmallestHeader = 0x264;
    private const int SixtyFourBitEntry = 0x200;
    private const ulong HighestAddress = 1ul << 30;
    private readonly ReadOnlyMemory<byte> _body;
    private readonly ulong _address;
    private readonly uint _initSize;

    private BzImageKernel(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> body, ulong address, uint initSize)
    {
        SetupHeader = header;
        _body = body;
        _address = address;
        _initSize = initSize;
    }

    public override ulong EntryPoint => _address + SixtyFourBitEntry;

    public override ulong End => _address + Math.Max(_initSize, (uint)_body.Length);

    public override ReadOnlyMemory<byte> SetupHeader { get; }

    public static new BzImageKernel Parse(ReadOnlyMemory<byte> file)
    {
        var span = file.Span;
        if (span.Length < SmallestHeader)
        {
            throw Refused($"a bzImage cut short after {span.Length} bytes");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(span[VersionOffset..]);
        if (version < 0x20C || (span[XLoadFlagsOffset] & 1) == 0)
        {
            throw Refused($"a bzImage of protocol {version >> 8}.{version & 0xFF} without the 64-bit entry");
        }

        var setupSectors = span[HeaderOffset] == 0 ? 4 : span[HeaderOffset];
        var setupBytes = (setupSectors + 1) * 512;
        var bodyBytes = BinaryPrimitives.ReadUInt32LittleEndian(span[(HeaderOffset + 3)..]) * 16ul;
        // The build rounds the size down to a sector of its own kind, so the whole rest is taken; less than it says is a damaged file.
        if (setupBytes + SixtyFourBitEntry >= span.Length || bodyBytes > (ulong)(span.Length - setupBytes) + 16)
        {
            throw Refused($"a bzImage cut short: {bodyBytes} bytes announced, {span.Length - setupBytes} there");
        }

        var address = BinaryPrimitives.ReadUInt64LittleEndian(span[PreferredAddressOffset..]);
        var initSize = BinaryPrimitives.ReadUInt32LittleEndian(span[InitSizeOffset..]);
        if (address is < GuestLayout.HighMemory or >= HighestAddress || initSize > HighestAddress)
        {
            throw Refused($"a bzImage for address 0x{address:x}, {initSize} bytes");
        }

        var headerEnd = Math.Min(MagicOffset + span[HeaderLengthOffset], setupBytes);
        return new BzImageKernel(file[HeaderOffset..headerEnd], file[setupBytes..], address, initSize);
    }

    public override void Load(GuestMemory memory) => memory.Write(_address, _body.Span);
}
