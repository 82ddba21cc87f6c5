using System.Buffers.Binary;
using System.Text;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Kernels;

/// <summary>A module's file, unpacked, and what it says about itself in its section <c>.modinfo</c> (elf(5), modinfo(8)).</summary>
internal sealed class KernelModule
{
    private const string Section = ".modinfo";

    // ELF of 64 bits: offsets in its header, and in a header of a section.
    private const int SectionsAt = 0x28;
    private const int SectionBytesAt = 0x3A;
    private const int SectionCountAt = 0x3C;
    private const int NamesAt = 0x3E;
    private const int OffsetAt = 0x18;
    private const int LengthAt = 0x20;
    private readonly List<(string Key, string Value)> _fields = [];

    private KernelModule(string name, byte[] content)
    {
        Name = name;
        Content = content;
    }

    public string Name { get; }

    public byte[] Content { get; }

    /// <summary>Modules without which it does not load.</summary>
    public IEnumerable<string> Needs => Values("depends").SelectMany(static text => Words(text, ','));

    /// <summary>Modules, or aliases of such, that it asks for itself while it loads.</summary>
    public IEnumerable<string> WantsBefore
    {
        get
        {
            foreach (var text in Values("softdep"))
            {
                var isBefore = false;
                foreach (var word in Words(text, ' '))
                {
                    if (word.EndsWith(':'))
                    {
                        isBefore = word == "pre:";
                    }
                    else if (isBefore)
                    {
                        yield return word;
                    }
                }
            }
        }
    }

    /// <summary>The kernel's version that it was built for.</summary>
    public string KernelVersion => Values("vermagic").SelectMany(static text => Words(text, ' ')).FirstOrDefault() ?? "";

    /// <summary>Reads a module, packed or not.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0217 or NEXUS0218.</exception>
    public static KernelModule Read(string name, string path)
    {
        var module = new KernelModule(name, PackedFile.ReadAll(path));
        try
        {
            module.ReadFields();
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or OverflowException or InvalidDataException)
        {
            throw SandboxDiagnostics.KernelUnusable.With($"{path} is not a module", failure);
        }

        return module;
    }

    private void ReadFields()
    {
        ReadOnlySpan<byte> file = Content;
        if (!file[..6].SequenceEqual("\u007FELF\u0002\u0001"u8))
        {
            throw new InvalidDataException();
        }

        var names = SectionAt(file, BinaryPrimitives.ReadUInt16LittleEndian(file[NamesAt..]), out _);
        for (var i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(file[SectionCountAt..]); i++)
        {
            var content = SectionAt(file, i, out var nameAt);
            if (Text(names[(int)nameAt..]) == Section)
            {
                foreach (var field in Encoding.UTF8.GetString(content).Split('\0', StringSplitOptions.RemoveEmptyEntries))
                {
                    var at = field.IndexOf('=', StringComparison.Ordinal);
                    _fields.Add(at < 0 ? (field, "") : (field[..at], field[(at + 1)..]));
                }

                return;
            }
        }

        throw new InvalidDataException();
    }

    private static ReadOnlySpan<byte> SectionAt(ReadOnlySpan<byte> file, int number, out uint name)
    {
        var headers = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file[SectionsAt..]));
        var bytes = BinaryPrimitives.ReadUInt16LittleEndian(file[SectionBytesAt..]);
        var header = file.Slice(checked(headers + (number * bytes)), bytes);
        name = BinaryPrimitives.ReadUInt32LittleEndian(header);
        const uint withoutContent = 8;
        return BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == withoutContent
            ? []
            : file.Slice(
                checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[OffsetAt..])),
                checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[LengthAt..]))
            );
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);

    private static string[] Words(string text, char separator) => text.Split(separator, StringSplitOptions.RemoveEmptyEntries);

    private IEnumerable<string> Values(string key) => _fields.Where(field => field.Key == key).Select(static field => field.Value);
}
