using System.Buffers.Binary;
using System.Text;

namespace Nexus.Vmm.Acpi;

/// <summary>Writes the few terms of the ACPI Machine Language that a machine needs (ACPI specification 6.5, chapter 20).</summary>
internal sealed class AmlWriter
{
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte NameOp = 0x08;
    private const byte BytePrefix = 0x0A;
    private const byte WordPrefix = 0x0B;
    private const byte DwordPrefix = 0x0C;
    private const byte StringPrefix = 0x0D;
    private const byte QwordPrefix = 0x0E;
    private const byte ScopeOp = 0x10;
    private const byte BufferOp = 0x11;
    private const byte PackageOp = 0x12;
    private const byte ExtendedPrefix = 0x5B;
    private const byte DeviceOp = 0x82;
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary><c>Scope (path) { ... }</c></summary>
    public AmlWriter Scope(string path, Action<AmlWriter> content) => Block([ScopeOp], path, content);

    /// <summary><c>Device (name) { ... }</c></summary>
    public AmlWriter Device(string name, Action<AmlWriter> content) => Block([ExtendedPrefix, DeviceOp], name, content);

    /// <summary><c>Name (name, number)</c></summary>
    public AmlWriter Name(string name, ulong value)
    {
        NameOf(name);
        return Number(value);
    }

    /// <summary><c>Name (name, "text")</c></summary>
    public AmlWriter Name(string name, string text)
    {
        NameOf(name);
        _bytes.Add(StringPrefix);
        _bytes.AddRange(Encoding.ASCII.GetBytes(text));
        _bytes.Add(0);
        return this;
    }

    /// <summary><c>Name (name, Package () { numbers })</c></summary>
    public AmlWriter Name(string name, params ulong[] package)
    {
        NameOf(name);
        var content = new AmlWriter();
        content._bytes.Add((byte)package.Length);
        foreach (var value in package)
        {
            content.Number(value);
        }

        _bytes.Add(PackageOp);
        Append(content);
        return this;
    }

    /// <summary><c>Name (_CRS, ResourceTemplate () { ... })</c></summary>
    public AmlWriter Resources(ResourceTemplate template)
    {
        NameOf("_CRS");
        var bytes = template.ToArray();
        var content = new AmlWriter();
        content.Number((ulong)bytes.Length);
        content._bytes.AddRange(bytes);
        _bytes.Add(BufferOp);
        Append(content);
        return this;
    }

    /// <summary>The compressed device id of <c>EisaId ("PNP0501")</c>.</summary>
    public static uint EisaId(string id)
    {
        var manufacturer = ((id[0] - 0x40) << 10) | ((id[1] - 0x40) << 5) | (id[2] - 0x40);
        var product = Convert.ToUInt16(id[3..], 16);
        return BinaryPrimitives.ReverseEndianness(((uint)manufacturer << 16) | product);
    }

    private AmlWriter Block(ReadOnlySpan<byte> op, string name, Action<AmlWriter> fill)
    {
        var content = new AmlWriter();
        content.Path(name);
        fill(content);
        _bytes.AddRange(op);
        Append(content);
        return this;
    }

    /// <summary>A package length, which counts itself, and the content.</summary>
    private void Append(AmlWriter content)
    {
        var length = content._bytes.Count;
        if (length + 1 < 0x40)
        {
            _bytes.Add((byte)(length + 1));
        }
        else
        {
            // Lead byte: how many bytes follow, and the lowest four bits.
            var following =
                length + 2 < 1 << 12 ? 1
                : length + 3 < 1 << 20 ? 2
                : 3;
            var total = length + 1 + following;
            _bytes.Add((byte)((following << 6) | (total & 0xF)));
            for (var i = 0; i < following; i++)
            {
                _bytes.Add((byte)(total >> (4 + (8 * i))));
            }
        }

        _bytes.AddRange(content._bytes.ToArray());
    }

    private void NameOf(string name)
    {
        _bytes.Add(NameOp);
        Path(name);
    }

    private void Path(string path)
    {
        if (path.StartsWith('\\'))
        {
            _bytes.Add((byte)'\\');
            path = path[1..];
        }

        // Segments are four characters, padded with underscores.
        if (path.Length is 0 or > 4)
        {
            throw new ArgumentException("one segment of one to four characters", nameof(path));
        }

        _bytes.AddRange(Encoding.ASCII.GetBytes(path.PadRight(4, '_')));
    }

    private AmlWriter Number(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        var (prefix, length) = value switch
        {
            0 => (ZeroOp, 0),
            1 => (OneOp, 0),
            <= byte.MaxValue => (BytePrefix, 1),
            <= ushort.MaxValue => (WordPrefix, 2),
            <= uint.MaxValue => (DwordPrefix, 4),
            _ => (QwordPrefix, 8),
        };
        _bytes.Add(prefix);
        _bytes.AddRange(bytes[..length]);
        return this;
    }
}
