using System.Globalization;
using System.Text;
using System.Text.Json;
using Nexus.Bench.Output;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>Clones of one snapshot, one after the other: each is asked who it is and ended.</summary>
internal static class CloneTurns
{
    private const string Request = """{"kind":"identity","text":"","amount":0}""";

    public static async Task<TurnsResult> RunAsync(MachineSupport machines, PublishedFunction probe, int clones)
    {
        var function = VmNode.Define("turns", probe, probe.Handler, "vm") with
        {
            // The function has made random numbers before its snapshot, in its constructor and in two invocations.
            SnapshotEvent = Encoding.UTF8.GetBytes(Request),
            Environment = new Dictionary<string, string> { ["PROBE_IDENTITY"] = "yes" },
        };
        await using var node = await VmNode.StartAsync(machines, new Dictionary<string, string>(), [function]);
        var seen = new HashSet<string>();
        var times = new List<double>();
        var made = new HashSet<string>();
        var (failures, repeated, error) = (0, 0, 0.0);
        for (var clone = 0; clone < clones; clone++)
        {
            try
            {
                var (text, requestId, took) = await node.InvokeAsync("turns", Request);
                var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                times.Add(took);
                using var answer = JsonDocument.Parse(text);
                made.Add(answer.RootElement.GetProperty("text").GetString()!);
                var names = answer.RootElement.GetProperty("names").EnumerateArray().Select(static name => name.GetString()!).ToArray();
                repeated += new[] { names[0], names[1], requestId }.Count(value => !seen.Add(value));
                error = Math.Max(error, Math.Abs(now - long.Parse(names[2], CultureInfo.InvariantCulture)));
            }
            catch (BenchException failure)
            {
                failures++;
                await Console.Error.WriteLineAsync($"clone {clone}: {failure.Message}");
            }

            await node.EndAsync("turns");
        }

        return made.Count == 1
            ? new TurnsResult(clones, failures, repeated, error, Figure.Median(times), times.Max())
            : throw new BenchException($"{made.Count} functions were made: these were no clones of one");
    }
}
