using System.Buffers.Binary;
using System.Text;

namespace Nexus.TestKit.Machines;

/// <summary>The smallest ELF file that is a module to a reader of <c>.modinfo</c>.</summary>
public static class ModuleFile
{
    private const int HeaderBytes = 64;
    private const int SectionBytes = 64;

    public static byte[] Of(params string[] fields)
    {
        var names = Encoding.ASCII.GetBytes("\0.modinfo\0.shstrtab\0");
        var information = Encoding.ASCII.GetBytes(string.Concat(fields.Select(static field => field + '\0')));
        var sections = HeaderBytes + names.Length + information.Length;
        var file = new byte[sections + (3 * SectionBytes)];
        "\u007FELF\u0002\u0001\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x28), (ulong)sections);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3A), SectionBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3C), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3E), 2);
        names.CopyTo(file.AsSpan(HeaderBytes));
        information.CopyTo(file.AsSpan(HeaderBytes + names.Length));
        Section(1, 1, HeaderBytes + names.Length, information.Length);
        Section(2, 10, HeaderBytes, names.Length);
        return file;

        void Section(int number, uint name, int offset, int length)
        {
            var header = file.AsSpan(sections + (number * SectionBytes));
            BinaryPrimitives.WriteUInt32LittleEndian(header, name);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 1);
            BinaryPrimitives.WriteUInt64LittleEndian(header[0x18..], (ulong)offset);
            BinaryPrimitives.WriteUInt64LittleEndian(header[0x20..], (ulong)length);
        }
    }
}
