using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Nexus.Rewriter;

/// <summary>What kind of file something is, decided from its headers before anything else reads it.</summary>
internal enum ImageKind
{
    NotManaged,
    Corrupt,
    MixedMode,
    ReadyToRun,
    CompositeComponent,
    Managed,
}

/// <summary>Looks at the headers of a file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Simple name of the assembly; empty when it is none.</param>
/// <param name="HasEntryPoint">Whether it has a <c>Main</c>.</param>
internal readonly record struct AssemblyProbe(ImageKind Kind, string Name, bool HasEntryPoint)
{
    private const int ReadyToRunFlagsOffset = 8;
    private const int ReadyToRunFlagComponent = 0x20;

    public static AssemblyProbe Open(string path)
    {
        using var stream = File.OpenRead(path);
        return Open(stream);
    }

    public static AssemblyProbe Open(Stream stream)
    {
        if (stream.ReadByte() != 'M' || stream.ReadByte() != 'Z')
            return new(ImageKind.NotManaged, "", false);
        stream.Position = 0;
        try
        {
            using var image = new PEReader(stream, PEStreamOptions.LeaveOpen);
            if (!image.HasMetadata || image.PEHeaders.CorHeader is not { } header)
                return new(ImageKind.NotManaged, "", false);
            var metadata = image.GetMetadataReader();
            if (!metadata.IsAssembly)
                return new(ImageKind.NotManaged, "", false);
            var name = metadata.GetString(metadata.GetAssemblyDefinition().Name);
            return new(Classify(image, header), name, header.EntryPointTokenOrRelativeVirtualAddress != 0);
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException or IOException or ArgumentException)
        {
            return new(ImageKind.Corrupt, "", false);
        }
    }

    private static ImageKind Classify(PEReader image, CorHeader header)
    {
        if (header.ManagedNativeHeaderDirectory.Size > 0)
        {
            var native = image.GetSectionData(header.ManagedNativeHeaderDirectory.RelativeVirtualAddress).GetReader();
            native.Offset = ReadyToRunFlagsOffset;
            return (native.ReadInt32() & ReadyToRunFlagComponent) != 0 ? ImageKind.CompositeComponent : ImageKind.ReadyToRun;
        }
        return (header.Flags & CorFlags.ILOnly) != 0 ? ImageKind.Managed : ImageKind.MixedMode;
    }
}
