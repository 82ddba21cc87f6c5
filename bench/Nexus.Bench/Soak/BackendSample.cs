using System.Globalization;
using Nexus.Bench.Nodes;

namespace Nexus.Bench.Soak;

/// <summary>What the backend holds at one moment.</summary>
/// <param name="Seconds">Since the load began.</param>
/// <param name="ResidentMb">Resident memory.</param>
/// <param name="HeapMb">The managed heap as the last collection left it.</param>
/// <param name="Handles">Open descriptors.</param>
/// <param name="Threads">Threads.</param>
internal sealed record BackendSample(double Seconds, double ResidentMb, double HeapMb, double Handles, double Threads)
{
    private const string HeapMetric = "dotnet_gc_last_collection_heap_size_bytes{";

    public static async Task<BackendSample> TakeAsync(BenchNode node, double seconds)
    {
        var process = FormattableString.Invariant($"/proc/{node.ProcessId}");
        var resident = File.ReadLines(process + "/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var heap = (await node.MetricsAsync())
            .Split('\n')
            .Where(static line => line.StartsWith(HeapMetric, StringComparison.Ordinal))
            .Sum(static line =>
                double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture)
            );
        return new BackendSample(
            seconds,
            double.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024,
            heap / (1024 * 1024),
            Directory.GetFileSystemEntries(process + "/fd").Length,
            Directory.GetDirectories(process + "/task").Length
        );
    }
}
