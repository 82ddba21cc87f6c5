using System.Globalization;

namespace Nexus.Backend.Tests;

/// <summary>Everything a process has in memory, shared mappings included, read through /proc (proc(5)).</summary>
internal static class GuestMemory
{
    private const int ChunkBytes = 1024 * 1024;

    /// <summary>Mapped files, without duplicates.</summary>
    public static IReadOnlyList<string> MappedFiles(int process) =>
        [
            .. File.ReadLines($"/proc/{process}/maps")
                .Select(static line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
                .Where(static parts => parts.Length == 6)
                .Select(static parts => parts[5])
                .Distinct(),
        ];

    /// <summary>Which of the values occur in any readable mapping, and how many bytes were looked at.</summary>
    public static (IReadOnlyList<byte[]> Found, long Bytes, bool SawRegion) Search(int process, params byte[][] values)
    {
        var found = new List<byte[]>();
        long bytes = 0;
        var sawRegion = false;
        var overlap = values.Max(static value => value.Length);
        var buffer = new byte[ChunkBytes + overlap];
        using var memory = File.OpenHandle($"/proc/{process}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (var line in File.ReadAllLines($"/proc/{process}/maps").Where(static line => line.Split(' ')[1][0] == 'r'))
        {
            var range = line.Split(' ')[0].Split('-');
            var start = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (!long.TryParse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var end) || start < 0)
            {
                // The kernel's own page at the top of the address space.
                continue;
            }

            var read = SearchRange(memory, start, end, buffer, overlap, values, found);
            bytes += read;
            sawRegion |= read > 0 && line.Contains("memfd:nexus-channel", StringComparison.Ordinal);
        }

        return (found, bytes, sawRegion);
    }

    private static long SearchRange(
        Microsoft.Win32.SafeHandles.SafeFileHandle memory,
        long start,
        long end,
        byte[] buffer,
        int overlap,
        byte[][] values,
        List<byte[]> found
    )
    {
        long bytes = 0;
        for (var at = start; at < end; at += ChunkBytes)
        {
            int read;
            try
            {
                read = RandomAccess.Read(memory, buffer.AsSpan(0, (int)Math.Min(ChunkBytes + overlap, end - at)), at);
            }
            catch (IOException)
            {
                // Reserved, not readable for anybody, or gone meanwhile.
                continue;
            }

            bytes += read;
            found.AddRange(values.Where(value => !found.Contains(value) && buffer.AsSpan(0, read).IndexOf(value) >= 0));
        }

        return bytes;
    }
}
