using System.Buffers.Binary;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>An uncompressed kernel (vmlinux): 64-bit ELF, with PVH's entry in a note if it has one (xen/include/public/elfnote.h).</summary>
internal sealed class ElfKernel : KernelImage
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int MostProgramHeaders = 64;
    private const uint LoadSegment = 1;
    private const uint NoteSegment = 4;
    private const uint PvhEntryNote = 18;
    private const ulong HighestAddress = 1ul << 32;
    private readonly ReadOnlyMemory<byte> _file;
    private readonly List<Segment> _segments = [];

    private ElfKernel(ReadOnlyMemory<byte> file)
    {
        _file = file;
    }

    public override ulong EntryPoint => _entry;

    public override uint? PvhEntry => _pvhEntry;

    public override ulong End => _segments.Max(static s => s.Address + s.MemoryBytes);

    private ulong _entry;
    private uint? _pvhEntry;

    public static new ElfKernel Parse(ReadOnlyMemory<byte> file)
    {
        var span = file.Span;
        if (span.Length < HeaderBytes || span[4] != 2 || span[5] != 1 || BinaryPrimitives.ReadUInt16LittleEndian(span[18..]) != 62)
        {
            throw Refused("an ELF file, but not a 64-bit x86 one");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(span[16..]) != 2)
        {
            throw Refused("an ELF file, but not an executable");
        }

        var table = BinaryPrimitives.ReadUInt64LittleEndian(span[32..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(span[56..]);
        if (count is 0 or > MostProgramHeaders || BinaryPrimitives.ReadUInt16LittleEndian(span[54..]) != ProgramHeaderBytes)
        {
            throw Refused($"{count} program headers");
        }

        var kernel = new ElfKernel(file) { _entry = BinaryPrimitives.ReadUInt64LittleEndian(span[24..]) };
        for (var i = 0; i < count; i++)
        {
            kernel.Add(Cut(span, checked(table + (ulong)(i * ProgramHeaderBytes)), ProgramHeaderBytes));
        }

        if (!kernel._segments.Exists(s => kernel._entry >= s.Address && kernel._entry < s.Address + s.MemoryBytes))
        {
            // Kernels name their entry by physical address; anything else is a program of user space.
            throw Refused($"its entry point 0x{kernel._entry:x} lies in none of its segments");
        }

        return kernel;
    }

    public override void Load(GuestMemory memory)
    {
        foreach (var segment in _segments)
        {
            var target = memory.Slice(segment.Address, checked((int)segment.MemoryBytes));
            _file.Span.Slice((int)segment.Offset, (int)segment.FileBytes).CopyTo(target);
            target[(int)segment.FileBytes..].Clear();
        }
    }

    private void Add(ReadOnlySpan<byte> header)
    {
        var type = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var segment = new Segment(
            BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[40..])
        );
        if (type == NoteSegment)
        {
            ReadNotes(Cut(_file.Span, segment.Offset, segment.FileBytes));
        }

        if (type != LoadSegment || segment.MemoryBytes == 0)
        {
            return;
        }

        _ = Cut(_file.Span, segment.Offset, segment.FileBytes);
        if (
            segment.FileBytes > segment.MemoryBytes
            || segment.Address < GuestLayout.HighMemory
            || segment.Address >= HighestAddress
            || segment.MemoryBytes > int.MaxValue
        )
        {
            throw Refused($"a segment of {segment.MemoryBytes} bytes at 0x{segment.Address:x}");
        }

        _segments.Add(segment);
    }

    private void ReadNotes(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= 12)
        {
            var nameBytes = Padded(BinaryPrimitives.ReadUInt32LittleEndian(notes));
            var valueBytes = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            var type = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            var end = 12 + nameBytes + Padded(valueBytes);
            if (end > (ulong)notes.Length)
            {
                return;
            }

            if (type == PvhEntryNote && nameBytes == 4 && notes.Slice(12, 4).SequenceEqual("Xen\0"u8) && valueBytes is 4 or 8)
            {
                _pvhEntry = BinaryPrimitives.ReadUInt32LittleEndian(notes[(int)(12 + nameBytes)..]);
            }

            notes = notes[(int)end..];
        }
    }

    private static ulong Padded(uint bytes) => (bytes + 3ul) & ~3ul;

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> file, ulong offset, ulong length) =>
        offset <= (ulong)file.Length && length <= (ulong)file.Length - offset
            ? file.Slice((int)offset, (int)length)
            : throw Refused($"cut short: {length} bytes at {offset} are missing");

    private readonly record struct Segment(ulong Offset, ulong Address, ulong FileBytes, ulong MemoryBytes);
}
