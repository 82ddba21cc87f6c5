using System.Globalization;
using System.Text;

namespace Nexus.Bench.Demo;

/// <summary>Looks for a secret in all readable memory of a process, its environment included, as UTF-8 and as UTF-16.</summary>
internal static class SecretScan
{
    private const int ChunkBytes = 4 * 1024 * 1024;

    /// <returns>How often the secret was found and how many bytes were looked at.</returns>
    public static (int Found, long Bytes) Run(int pid, string secret)
    {
        byte[][] forms = [Encoding.UTF8.GetBytes(secret), Encoding.Unicode.GetBytes(secret)];
        var overlap = forms.Max(form => form.Length) - 1;
        var buffer = new byte[ChunkBytes + overlap];
        var (found, bytes) = (0, 0L);
        using var memory = File.OpenHandle($"/proc/{pid}/mem");
        foreach (var (start, end) in ReadableRanges(pid))
        {
            for (var at = start; at < end; at += ChunkBytes)
            {
                var wanted = (int)Math.Min(ChunkBytes + overlap, end - at);
                var read = Read(memory, buffer.AsSpan(0, wanted), at);
                found += forms.Sum(form => Count(buffer.AsSpan(0, read), form));
                bytes += Math.Min(read, ChunkBytes);
            }
        }

        return (found, bytes);
    }

    private static IEnumerable<(long Start, long End)> ReadableRanges(int pid)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/maps"))
        {
            var fields = line.Split(' ', 3);
            // Kernel pages such as [vvar] cannot be read this way, and hold nothing of the process.
            if (fields[1][0] == 'r' && !line.Contains("[v", StringComparison.Ordinal))
            {
                var range = fields[0].Split('-');
                yield return (Hexadecimal(range[0]), Hexadecimal(range[1]));
            }
        }
    }

    private static long Hexadecimal(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int Read(Microsoft.Win32.SafeHandles.SafeFileHandle memory, Span<byte> buffer, long at)
    {
        try
        {
            return RandomAccess.Read(memory, buffer, at);
        }
        catch (IOException)
        {
            // Unmapped since the list was read.
            return 0;
        }
    }

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> form)
    {
        var count = 0;
        for (var at = text.IndexOf(form); at >= 0; at = text.IndexOf(form))
        {
            count++;
            text = text[(at + form.Length)..];
        }

        return count;
    }
}
