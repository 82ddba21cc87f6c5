using System.Globalization;

namespace Nexus.KillProof;

/// <summary>The results as tables for people.</summary>
internal static class ProofReport
{
    public static void Print(BackendKillsResult result)
    {
        Title($"Backend killed {result.Kills} times");
        Row("guests taken over", result.TakenOver);
        Row("guests lost", result.Lost);
        Row("longest restart, s", result.LongestRestartSeconds);
        Row("guest processes left", result.Orphans);
        Row("state files left", result.StateFiles);
        Print(result.Load);
        Verdict(result.Broken);
    }

    public static void Print(GuestKillsResult result)
    {
        Title($"Guests killed: {result.Kills}");
        Row("descriptors before -> after", $"{result.Before.Descriptors} -> {result.After.Descriptors}");
        Row("regions before -> after", $"{result.Before.Regions} -> {result.After.Regions}");
        Row("mapped regions", $"{result.Before.MappedRegions} -> {result.After.MappedRegions}");
        Row("threads", $"{result.Before.Threads} -> {result.After.Threads}");
        Row("control groups", $"{result.Before.Groups} -> {result.After.Groups}");
        Row("child processes", $"{result.Before.Children} -> {result.After.Children}");
        Row("resident memory, MB", $"{result.Before.ResidentMb} -> {result.After.ResidentMb}");
        Row("state files left", result.StateFiles);
        Row("guest processes left", result.Orphans);
        Print(result.Load);
        Verdict(result.Broken);
    }

    private static void Print(LoadResult load)
    {
        Row("work done and checked", load.Completed);
        Row("attempts repeated", load.Retried);
        Row("wrong answers", load.Wrong);
        Row("longest wait of a caller, s", load.WorstSeconds);
        Row("guests that answered", load.Guests);
        Row("guests' AWS calls", load.GuestCalls);
        Row("  of them failed", load.GuestFailedCalls);
        Row("  worst beyond its timeout, ms", load.WorstOverrunMs);
        foreach (var (error, count) in load.Errors)
        {
            Row($"  repeated for: {error}", count);
        }
    }

    private static void Title(string text) => Console.WriteLine($"\n{text}\n{new string('-', text.Length)}");

    private static void Row(string name, IFormattable value) =>
        Row(name, value.ToString(value is double ? "F1" : null, CultureInfo.InvariantCulture));

    private static void Row(string name, string value) => Console.WriteLine($"{name, -40} {value}");

    private static void Verdict(IReadOnlyList<string> broken) =>
        Console.WriteLine(broken.Count == 0 ? "HOLDS" : "BROKEN: " + string.Join("; ", broken));
}
