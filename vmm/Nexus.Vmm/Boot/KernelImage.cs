using System.Buffers.Binary;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>A kernel file, recognised and checked; it can be put into a guest's memory.</summary>
internal abstract class KernelImage
{
    /// <summary>Where its first instruction is, once loaded.</summary>
    public abstract ulong EntryPoint { get; }

    /// <summary>The 32-bit entry point of the PVH boot protocol; null if it has none.</summary>
    public virtual uint? PvhEntry => null;

    /// <summary>The first address behind everything the kernel uses before it manages memory itself.</summary>
    public abstract ulong End { get; }

    /// <summary>The setup header for the zero page (from offset 0x1f1 on), or empty.</summary>
    public virtual ReadOnlyMemory<byte> SetupHeader => default;

    /// <summary>Copies the kernel to its place.</summary>
    public abstract void Load(GuestMemory memory);

    /// <summary>Recognises a kernel by its content.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0910.</exception>
    public static KernelImage Parse(ReadOnlyMemory<byte> file)
    {
        var span = file.Span;
        if (span.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(span) == 0x7F454C46)
        {
            return ElfKernel.Parse(file);
        }

        return span.Length > BzImageKernel.MagicOffset + 4 && span.Slice(BzImageKernel.MagicOffset, 4).SequenceEqual("HdrS"u8)
            ? BzImageKernel.Parse(file)
            : throw Refused($"{span.Length} bytes without the mark of an ELF file or a bzImage");
    }

    protected static Exception Refused(string why) => VmmDiagnostics.NotAKernel.With(why);
}
