using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Images;

/// <summary>
/// Writes a tree as an EROFS image (the kernel's fs/erofs/erofs_fs.h): blocks of 4 KiB, compact inodes, every file whole and uncompressed at a block's start, so that a
/// guest can map it straight out of the host's page cache. No tool, no privilege, no time in it.
/// </summary>
internal sealed class ErofsWriter
{
    private const int BlockBits = 12;
    private const int Block = 1 << BlockBits;
    private const int SuperOffset = 1024;
    private const uint Magic = 0xE0F5E1E2;
    private const int InodeBytes = 32;

    // Behind the superblock, and not 0: programs take inode 0 for a deleted file.
    private const uint RootNumber = 64;
    private const ushort FolderMode = 0x41ED;
    private const ushort FileMode = 0x81A4;
    private const ushort ProgramMode = 0x81ED;
    private const ushort LinkMode = 0xA1FF;

    // Persistent memory devices come in multiples of this.
    private const long Alignment = 2 << 20;
    private const int CopyBytes = 1 << 20;

    private readonly List<Inode> _inodes = [];
    private readonly SafeFileHandle _file;
    private long _nextBlock;

    private ErofsWriter(SafeFileHandle file) => _file = file;

    /// <summary>Writes the whole image; its length becomes a multiple of 2 MiB.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0212: something does not fit into the format.</exception>
    public static void Write(ImageTree tree, string path)
    {
        using var file = File.OpenHandle(path, System.IO.FileMode.CreateNew, FileAccess.Write);
        new ErofsWriter(file).Write(tree.Root);
    }

    private void Write(ImageFolder root)
    {
        var number = Number(root, parent: null);
        var inodesEnd = ((long)RootNumber + _inodes.Count) * InodeBytes;
        _nextBlock = (inodesEnd + Block - 1) >> BlockBits;
        var inodes = new byte[(int)(_nextBlock << BlockBits)];
        for (var i = 0; i < _inodes.Count; i++)
        {
            Place(_inodes[i], inodes.AsSpan((int)(RootNumber + i) * InodeBytes, InodeBytes), (uint)i + 1);
        }

        WriteSuper(inodes.AsSpan(SuperOffset), number);
        RandomAccess.Write(_file, inodes, 0);
        RandomAccess.SetLength(_file, ((_nextBlock << BlockBits) + Alignment - 1) / Alignment * Alignment);
    }

    /// <summary>Numbers an entry and everything below it, in the order in which they will lie.</summary>
    private uint Number(ImageEntry entry, Inode? parent)
    {
        var inode = new Inode(entry, RootNumber + (uint)_inodes.Count);
        inode.Parent = parent ?? inode;
        _inodes.Add(inode);
        if (entry is ImageFolder folder)
        {
            foreach (var (name, child) in folder.Entries)
            {
                inode.Children.Add((Encoding.UTF8.GetBytes(name), Number(child, inode), child));
            }
        }

        return inode.Number;
    }

    /// <summary>Writes the content and then the inode that says where it is.</summary>
    private void Place(Inode inode, Span<byte> target, uint serial)
    {
        var at = (uint)_nextBlock;
        var (mode, links, length) = inode.Entry switch
        {
            ImageFolder => (
                FolderMode,
                2 + inode.Children.Count(static c => c.Entry is ImageFolder),
                PlaceBytes(ErofsFolder.Encode(inode.Listing()))
            ),
            ImageLink link => (LinkMode, 1, PlaceBytes(Encoding.UTF8.GetBytes(link.Target))),
            ImageFile file => (file.IsProgram ? ProgramMode : FileMode, 1, PlaceFile(file)),
            _ => throw new InvalidOperationException(),
        };
        // Bytes 0 to 3: a compact inode, content in one piece, no attributes.
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], mode);
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], (ushort)Math.Min(links, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], checked((uint)length));
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], at);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], serial);
    }

    private long PlaceBytes(byte[] content)
    {
        RandomAccess.Write(_file, content, _nextBlock << BlockBits);
        Advance(content.Length);
        return content.Length;
    }

    private long PlaceFile(ImageFile file)
    {
        if (file.Length > uint.MaxValue)
        {
            throw SandboxDiagnostics.ImageNotBuilt.With($"{file.Source} has 4 GiB or more");
        }

        using var source = File.OpenHandle(file.Source);
        var buffer = new byte[(int)Math.Min(CopyBytes, Math.Max(1, file.Length))];
        long done = 0;
        while (done < file.Length && RandomAccess.Read(source, buffer, done) is > 0 and var count)
        {
            count = (int)Math.Min(count, file.Length - done);
            RandomAccess.Write(_file, buffer.AsSpan(0, count), (_nextBlock << BlockBits) + done);
            done += count;
        }

        if (done != file.Length)
        {
            throw SandboxDiagnostics.ImageNotBuilt.With($"{file.Source} became shorter meanwhile");
        }

        Advance(file.Length);
        return file.Length;
    }

    private void Advance(long length) => _nextBlock += (length + Block - 1) >> BlockBits;

    private void WriteSuper(Span<byte> super, uint root)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(super, Magic);
        super[12] = BlockBits;
        BinaryPrimitives.WriteUInt16LittleEndian(super[14..], (ushort)root);
        BinaryPrimitives.WriteUInt64LittleEndian(super[16..], (ulong)_inodes.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(super[36..], checked((uint)_nextBlock));
    }

    private sealed class Inode(ImageEntry entry, uint number)
    {
        public ImageEntry Entry => entry;

        public uint Number => number;

        public Inode Parent { get; set; } = null!;

        public List<(byte[] Name, uint Number, ImageEntry Entry)> Children { get; } = [];

        public IEnumerable<ErofsFolder.Item> Listing() =>
            Children
                .Select(static c => new ErofsFolder.Item(c.Name, c.Number, KindOf(c.Entry)))
                .Append(new("."u8.ToArray(), number, ErofsFolder.FolderKind))
                .Append(new(".."u8.ToArray(), Parent.Number, ErofsFolder.FolderKind));

        private static byte KindOf(ImageEntry entry) =>
            entry switch
            {
                ImageFolder => ErofsFolder.FolderKind,
                ImageLink => ErofsFolder.LinkKind,
                _ => ErofsFolder.FileKind,
            };
    }
}
