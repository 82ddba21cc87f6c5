using System.Buffers.Binary;
using System.Security.Cryptography;
using Nexus.Vmm.Machine;

namespace Nexus.Vmm.Snapshots;

/// <summary>Writes a machine that stands still into a file.</summary>
internal static class SnapshotWriter
{
    /// <summary>Header, state, runs, pages, and the code over all of it.</summary>
    /// <param name="machine">Paused.</param>
    /// <param name="target">Receives the file.</param>
    /// <param name="key">32 secret bytes of the operator.</param>
    /// <param name="media">A digest of what its disks and memory devices hold; empty if there are none.</param>
    public static void Write(VirtualMachine machine, Stream target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> media = default)
    {
        var memory = machine.Memory;
        var pages = memory.Bytes / SnapshotFormat.PageBytes;
        Write(
            target,
            key,
            MachineState.Save(machine),
            CpuIdentity.Of(machine.Cpuid),
            media,
            pages,
            number => memory.AtOffset(number * SnapshotFormat.PageBytes, SnapshotFormat.PageBytes)
        );
    }

    /// <summary>The same from its parts.</summary>
    public static void Write(
        Stream target,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> state,
        ReadOnlySpan<byte> cpu,
        ReadOnlySpan<byte> media,
        long pages,
        PageReader page
    )
    {
        var runs = PageRuns.OfContent(pages, page);
        using var code = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        var header = new byte[SnapshotFormat.HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, SnapshotFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(SnapshotFormat.VersionOffset), SnapshotFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(SnapshotFormat.StateBytesOffset), state.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(SnapshotFormat.MemoryBytesOffset), pages * SnapshotFormat.PageBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(SnapshotFormat.RunCountOffset), runs.Count);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(SnapshotFormat.PageCountOffset), runs.Sum(static r => (long)r.Count));
        cpu.CopyTo(header.AsSpan(SnapshotFormat.CpuOffset, SnapshotFormat.CpuBytes));
        media.CopyTo(header.AsSpan(SnapshotFormat.MediaOffset, SnapshotFormat.MediaBytes));
        Put(target, code, header);
        Put(target, code, state);
        Span<byte> entry = stackalloc byte[SnapshotFormat.RunBytes];
        foreach (var (first, count) in runs)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry, first);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], count);
            Put(target, code, entry);
        }

        foreach (var (first, count) in runs)
        {
            for (var i = 0u; i < count; i++)
            {
                Put(target, code, page(first + i));
            }
        }

        target.Write(code.GetHashAndReset());
    }

    private static void Put(Stream target, IncrementalHash code, ReadOnlySpan<byte> bytes)
    {
        code.AppendData(bytes);
        target.Write(bytes);
    }
}
