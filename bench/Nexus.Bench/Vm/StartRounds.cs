using System.Diagnostics;
using Nexus.Bench.Output;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>First answers of one function whose first instance has to be started, by kind of start, in turn.</summary>
internal static class StartRounds
{
    public const string Process = "process sandbox";
    public const string Boot = "vm, cold boot";
    public const string Restore = "vm, from a snapshot";
    private const string Request = """{"operation":"get-item","count":1}""";

    public static async Task<IReadOnlyList<StartResult>> RunAsync(
        MachineSupport machines,
        IReadOnlyDictionary<string, string> environment,
        PublishedFunction function,
        int rounds
    )
    {
        var handler = $"{function.Assembly}::{function.Assembly}.EagerFunction::FunctionHandler";
        (string Name, string Function)[] kinds = [(Process, "process"), (Boot, "boot"), (Restore, "restore")];
        await using var node = await VmNode.StartAsync(
            machines,
            environment,
            [
                VmNode.Define("process", function, handler, "process"),
                VmNode.Define("boot", function, handler, "vm", snapshot: false),
                VmNode.Define("restore", function, handler, "vm"),
            ]
        );
        var times = kinds.Select(static _ => new List<double>()).ToArray();
        var stages = kinds.Select(static _ => new List<StageResult>()).ToArray();
        // The first round makes images and snapshot, the second is the first that goes on from it.
        for (var round = -1; round <= rounds; round++)
        {
            for (var i = 0; i < kinds.Length; i++)
            {
                node.TakeStages();
                var (_, _, took) = await node.InvokeAsync(kinds[i].Function, Request);
                var answered = Stopwatch.GetTimestamp();
                var init = node.Pool(kinds[i].Function).Instances.Single().InitDuration;
                if (round > 0)
                {
                    times[i].Add(took);
                    stages[i].AddRange(Took(node.TakeStages(), init, answered));
                }

                await node.EndAsync(kinds[i].Function);
            }
        }

        return
        [
            .. kinds.Select(
                (kind, i) =>
                    new StartResult(
                        kind.Name,
                        Figure.Median(times[i]),
                        times[i].Min(),
                        times[i].Max(),
                        [
                            .. stages[i]
                                .GroupBy(static stage => stage.Stage)
                                .Select(static group => new StageResult(
                                    group.Key,
                                    Figure.Median(group.Select(static stage => stage.Took))
                                )),
                        ]
                    )
            ),
        ];
    }

    private static IEnumerable<StageResult> Took(IReadOnlyList<(string Stage, long At)> stages, TimeSpan init, long answered)
    {
        if (stages.Count == 0)
        {
            yield break;
        }

        var ready = stages[0].At + (long)(init.TotalSeconds * Stopwatch.Frequency);
        var all = stages.Append(("ready", ready)).Append(("answered", answered)).OrderBy(static stage => stage.Item2).ToArray();
        for (var i = 1; i < all.Length; i++)
        {
            yield return new StageResult(all[i].Item1, Stopwatch.GetElapsedTime(all[i - 1].Item2, all[i].Item2).TotalMilliseconds);
        }
    }
}
