using System.Buffers.Binary;

namespace Nexus.Backend.Images;

/// <summary>
/// The content of an EROFS folder: in each block entries of 12 bytes, then their names; sorted by the names' bytes over all blocks, since the kernel searches by halves.
/// </summary>
internal static class ErofsFolder
{
    public const byte FileKind = 1;
    public const byte FolderKind = 2;
    public const byte LinkKind = 7;
    private const int Block = 4096;
    private const int EntryBytes = 12;

    /// <summary>Whole blocks, but for the last, which ends with its last name.</summary>
    public static byte[] Encode(IEnumerable<Item> items)
    {
        var sorted = items.ToArray();
        Array.Sort(sorted, static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        var result = new List<byte>();
        for (var first = 0; first < sorted.Length; )
        {
            var (count, used) = (0, 0);
            while (first + count < sorted.Length && used + EntryBytes + sorted[first + count].Name.Length <= Block)
            {
                used += EntryBytes + sorted[first + count++].Name.Length;
            }

            result.AddRange(new byte[-result.Count & (Block - 1)]);
            result.AddRange(EncodeBlock(sorted.AsSpan(first, count), used));
            first += count;
        }

        return [.. result];
    }

    private static byte[] EncodeBlock(ReadOnlySpan<Item> items, int length)
    {
        var block = new byte[length];
        var name = items.Length * EntryBytes;
        for (var i = 0; i < items.Length; i++)
        {
            var entry = block.AsSpan(i * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, items[i].Number);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[8..], (ushort)name);
            entry[10] = items[i].Kind;
            items[i].Name.CopyTo(block, name);
            name += items[i].Name.Length;
        }

        return block;
    }

    /// <summary>One name in a folder.</summary>
    /// <param name="Name">UTF-8, at most 255 bytes.</param>
    /// <param name="Number">The inode.</param>
    /// <param name="Kind">What it is.</param>
    internal readonly record struct Item(byte[] Name, uint Number, byte Kind);
}
