using Nexus.Bench.Output;

namespace Nexus.Bench.Soak;

/// <summary>What grew, and what may.</summary>
internal static class SoakReport
{
    /// <summary>Medians of the second quarter of the time and of the last; the first is the warm-up.</summary>
    public static IReadOnlyList<SoakGrowth> Growth(IReadOnlyList<BackendSample> samples)
    {
        var quarter = samples.Count / 4;
        return
        [
            // A tenth, and what pools and the collector may take or leave by chance.
            Of("resident memory, MB", static sample => sample.ResidentMb, static before => (before * 1.10) + 16),
            Of("managed heap, MB", static sample => sample.HeapMb, static before => (before * 1.10) + 8),
            Of("handles", static sample => sample.Handles, static before => before + 16),
            Of("threads", static sample => sample.Threads, static before => before + 8),
        ];

        SoakGrowth Of(string what, Func<BackendSample, double> read, Func<double, double> bound)
        {
            var before = Figure.Median(samples.Skip(quarter).Take(quarter).Select(read));
            return new SoakGrowth(what, before, Figure.Median(samples.TakeLast(quarter).Select(read)), bound(before));
        }
    }

    public static string Line(BackendSample sample) =>
        $"{Figure.Number(sample.Seconds / 60)} min: {Figure.Number(sample.ResidentMb)} MB resident, {Figure.Number(sample.HeapMb)} MB heap, "
        + $"{sample.Handles} handles, {sample.Threads} threads";

    public static void Write(SoakResult result)
    {
        Console.WriteLine($"{result.Minutes} minutes, {result.Kills} guests killed\n");
        var calls = new TextTable("load", "calls");
        foreach (var (name, count) in result.Calls)
        {
            calls.Add(name, count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Console.WriteLine(calls);
        foreach (var (message, count) in result.Failures)
        {
            Console.WriteLine($"  {count} x {message}");
        }

        var table = new TextTable("the backend's", "second quarter", "last quarter", "at most", "");
        foreach (var growth in result.Growth)
        {
            table.Add(
                growth.What,
                Figure.Number(growth.AfterWarmUp),
                Figure.Number(growth.AtEnd),
                Figure.Number(growth.Bound),
                growth.IsWithin ? "within" : "GREW"
            );
        }

        Console.WriteLine(table);
        foreach (var name in result.Stuck)
        {
            Console.WriteLine($"STUCK: {name}");
        }
    }
}
