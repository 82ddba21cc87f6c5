using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Snapshots;

/// <summary>
/// A snapshot whose every byte was checked, in a memfd that nobody can change any more: checked once per node, restored from any number of times, its pages
/// shared by all clones.
/// </summary>
internal sealed class VerifiedSnapshot : IDisposable
{
    private VerifiedSnapshot(OwnedDescriptor memory, long memoryBytes, byte[] state, byte[] header, List<(uint, uint)> runs)
    {
        Memory = memory;
        MemoryBytes = memoryBytes;
        State = state;
        Cpu = header.AsMemory(SnapshotFormat.CpuOffset, SnapshotFormat.CpuBytes);
        Media = header.AsMemory(SnapshotFormat.MediaOffset, SnapshotFormat.MediaBytes);
        Runs = runs;
    }

    /// <summary>The guest's memory, a sealed memfd.</summary>
    public OwnedDescriptor Memory { get; }

    public long MemoryBytes { get; }

    /// <summary>For <see cref="MachineState.Load"/>.</summary>
    public ReadOnlyMemory<byte> State { get; }

    /// <summary>The kind of processor it needs, as <see cref="CpuIdentity"/> says it.</summary>
    public ReadOnlyMemory<byte> Cpu { get; }

    /// <summary>A digest of what its disks and memory devices held, by whoever made it; zeros if nobody said.</summary>
    public ReadOnlyMemory<byte> Media { get; }

    /// <summary>The pages that have content.</summary>
    public IReadOnlyList<(uint First, uint Count)> Runs { get; }

    /// <summary>Reads and checks a whole file; nothing of it is used before all of it is.</summary>
    /// <param name="file">The file, from its beginning.</param>
    /// <param name="key">What it was authenticated with.</param>
    /// <param name="target">An empty memfd that is to be the memory; null for a new one.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0930 to NEXUS0932.</exception>
    public static VerifiedSnapshot Read(Stream file, ReadOnlySpan<byte> key, OwnedDescriptor? target = null)
    {
        using var code = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        var header = Take(file, code, SnapshotFormat.HeaderBytes);
        var (memoryBytes, stateBytes, runCount, pageCount) = Check(header, file.Length);
        var state = Take(file, code, stateBytes);
        var runs = ReadRuns(Take(file, code, runCount * SnapshotFormat.RunBytes), memoryBytes / SnapshotFormat.PageBytes, pageCount);
        var memory = target ?? MemoryMapping.CreateMemory("guest-snapshot", 0);
        MemoryMapping.Resize(memory, memoryBytes);
        try
        {
            using (var mapping = MemoryMapping.Shared(memory, memoryBytes))
            {
                foreach (var (first, count) in runs)
                {
                    for (var page = 0u; page < count; page++)
                    {
                        var bytes = mapping.Slice((first + (long)page) * SnapshotFormat.PageBytes, SnapshotFormat.PageBytes);
                        Fill(file, bytes);
                        code.AppendData(bytes);
                    }
                }
            }

            Span<byte> stored = stackalloc byte[SnapshotFormat.CodeBytes];
            Fill(file, stored);
            if (!CryptographicOperations.FixedTimeEquals(stored, code.GetHashAndReset()))
            {
                throw VmmDiagnostics.SnapshotAltered.With($"{file.Length} bytes");
            }

            // Whoever could still write could change what was checked.
            MemoryMapping.Seal(memory, content: true);
            return new VerifiedSnapshot(memory, memoryBytes, state, header, runs);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    public void Dispose() => Memory.Dispose();

    private static (long MemoryBytes, int StateBytes, int RunCount, long PageCount) Check(ReadOnlySpan<byte> header, long fileBytes)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != SnapshotFormat.Magic)
        {
            throw VmmDiagnostics.NotASnapshot.With($"{fileBytes} bytes");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(header[SnapshotFormat.VersionOffset..]);
        if (version != SnapshotFormat.Version)
        {
            throw VmmDiagnostics.SnapshotOfOtherVersion.With($"version {version}; this is {SnapshotFormat.Version}");
        }

        var stateBytes = BinaryPrimitives.ReadInt32LittleEndian(header[SnapshotFormat.StateBytesOffset..]);
        var memoryBytes = BinaryPrimitives.ReadInt64LittleEndian(header[SnapshotFormat.MemoryBytesOffset..]);
        var runCount = BinaryPrimitives.ReadInt32LittleEndian(header[SnapshotFormat.RunCountOffset..]);
        var pageCount = BinaryPrimitives.ReadInt64LittleEndian(header[SnapshotFormat.PageCountOffset..]);
        if (
            stateBytes is < 0 or > SnapshotFormat.MostStateBytes
            || memoryBytes is < SnapshotFormat.PageBytes or > Machine.MachineOptions.LargestMemory
            || memoryBytes % SnapshotFormat.PageBytes != 0
            || pageCount < 0
            || pageCount > memoryBytes / SnapshotFormat.PageBytes
            || runCount < 0
            || runCount > pageCount
        )
        {
            throw VmmDiagnostics.SnapshotAltered.With("sizes in the header");
        }

        var expected =
            SnapshotFormat.HeaderBytes
            + (long)stateBytes
            + ((long)runCount * SnapshotFormat.RunBytes)
            + (pageCount * SnapshotFormat.PageBytes)
            + SnapshotFormat.CodeBytes;
        return fileBytes == expected
            ? (memoryBytes, stateBytes, runCount, pageCount)
            : throw VmmDiagnostics.NotASnapshot.With($"{fileBytes} bytes where {expected} belong");
    }

    private static List<(uint, uint)> ReadRuns(ReadOnlySpan<byte> table, long pages, long pageCount)
    {
        var runs = new List<(uint, uint)>(table.Length / SnapshotFormat.RunBytes);
        long next = 0;
        long total = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(table))
        {
            var (first, count) = ((uint)word, (uint)(word >> 32));
            if (first < next || count == 0 || first + (long)count > pages)
            {
                throw VmmDiagnostics.SnapshotAltered.With($"a run of {count} pages at {first}");
            }

            next = first + (long)count;
            total += count;
            runs.Add((first, count));
        }

        return total == pageCount ? runs : throw VmmDiagnostics.SnapshotAltered.With($"{total} pages in runs, {pageCount} in the header");
    }

    private static byte[] Take(Stream file, IncrementalHash code, int length)
    {
        var bytes = new byte[length];
        Fill(file, bytes);
        code.AppendData(bytes);
        return bytes;
    }

    private static void Fill(Stream file, Span<byte> target)
    {
        if (file.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) != target.Length)
        {
            throw VmmDiagnostics.NotASnapshot.With($"cut short after {file.Position} bytes");
        }
    }
}
