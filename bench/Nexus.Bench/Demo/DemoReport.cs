using System.Globalization;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.Rewriter;

namespace Nexus.Bench.Demo;

/// <summary>The visible proof.</summary>
internal static class DemoReport
{
    /// <returns>Whether everything that was promised is so.</returns>
    public static bool Write(DemoSide direct, DemoSide nexus, NodeStatus status, int measured)
    {
        var different = direct.Answers.Zip(nexus.Answers).Count(pair => pair.First != pair.Second);
        Console.WriteLine($"The last answer: {nexus.Answers[^1]}\n");
        Console.WriteLine(Table(direct, nexus, measured));
        WriteOffloaded(status);
        var sandboxed = nexus is { Sockets: 0, Network.IsNone: true, Secrets.Found: 0 };
        Console.WriteLine(
            sandboxed
                ? "  0 sockets in the sandbox, no network in the sandbox, no credential in its memory or environment."
                : "  NOT AS PROMISED: the sandbox has sockets, a network or a credential; see the table."
        );
        Console.WriteLine(
            different == 0
                ? $"  All {nexus.Answers.Count} answers are the same."
                : $"  NOT AS PROMISED: {different} of {nexus.Answers.Count} answers differ."
        );
        return sandboxed && different == 0 && status.AwsCalls > 0;
    }

    private static TextTable Table(DemoSide direct, DemoSide nexus, int measured)
    {
        var table = new TextTable($"{measured} warm calls each, 5 AWS calls per call", "as it is", "through Nexus", "change");
        Compare(table, "CPU per call of the function's process, us", direct.GuestCpu, nexus.GuestCpu);
        table.Add("CPU per call of the backend, us", "-", Figure.Number(nexus.BackendCpu), "");
        Compare(table, "CPU per call of both, us", direct.GuestCpu, nexus.GuestCpu + nexus.BackendCpu);
        Compare(table, "time per call, ms (mostly the emulators')", direct.Milliseconds, nexus.Milliseconds);
        Compare(
            table,
            "idle memory, private dirty, MB",
            Megabytes(direct.Memory.PrivateDirtyBytes),
            Megabytes(nexus.Memory.PrivateDirtyBytes)
        );
        Compare(table, "idle memory, PSS, MB", Megabytes(direct.Memory.PssBytes), Megabytes(nexus.Memory.PssBytes));
        table.Add("open sockets", Text(direct.Sockets), Text(nexus.Sockets), "");
        table.Add("network", direct.Network.ToString(), nexus.Network.ToString(), "");
        table.Add("copies of the secret key in memory and environment", Text(direct.Secrets.Found), Text(nexus.Secrets.Found), "");
        table.Add("  looked at, MB", Figure.Megabytes(direct.Secrets.Bytes), Figure.Megabytes(nexus.Secrets.Bytes), "");
        return table;
    }

    private static void WriteOffloaded(NodeStatus status)
    {
        var services = status
            .AwsCallsByService.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {pair.Value}");
        Console.WriteLine($"  {status.AwsCalls} AWS calls left the function through the ring: {string.Join(", ", services)}.");
        var hits = status.Functions.SelectMany(function => function.Instances).SelectMany(instance => instance.RuleHits);
        foreach (var (number, count) in hits)
        {
            var rule = RuleSet.Default.Rules.FirstOrDefault(rule => Text(rule.Number) == number);
            Console.WriteLine($"  Rule {rule?.Id ?? number} in {rule?.Assembly}: hit {count} times.");
        }
    }

    private static void Compare(TextTable table, string name, double direct, double nexus) =>
        table.Add(name, Figure.Number(direct), Figure.Number(nexus), Figure.Change(direct, nexus));

    private static double Megabytes(long bytes) => bytes / (1024.0 * 1024);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
