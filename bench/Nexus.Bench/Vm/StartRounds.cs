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
    public const string Rehearsed = "vm, from a snapshot after a rehearsal";

    public const string Standby = "vm, the same, restored ahead";
    private const string Request = """{"operation":"get-item","count":1}""";
    private static readonly TimeSpan s_restoring = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan s_recording = TimeSpan.FromMilliseconds(300);

    public static async Task<IReadOnlyList<StartResult>> RunAsync(
        MachineSupport machines,
        IReadOnlyDictionary<string, string> environment,
        PublishedFunction function,
        int rounds
    )
    {
        var handler = $"{function.Assembly}::{function.Assembly}.EagerFunction::FunctionHandler";
        (string Name, string Function)[] kinds =
        [
            (Process, "process"),
            (Boot, "boot"),
            (Restore, "restore"),
            (Rehearsed, "rehearsed"),
            (Standby, "standby"),
        ];
        await using var node = await VmNode.StartAsync(
            machines,
            environment,
            [
                VmNode.Define("process", function, handler, "process"),
                VmNode.Define("boot", function, handler, "vm", snapshot: false),
                VmNode.Define("restore", function, handler, "vm"),
                VmNode.Define("standby", function, handler, "vm") with
                {
                    SnapshotEvent = System.Text.Encoding.UTF8.GetBytes(Request),
                    Standby = true,
                },
                VmNode.Define("rehearsed", function, handler, "vm") with
                {
                    SnapshotEvent = System.Text.Encoding.UTF8.GetBytes(Request),
                },
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
                var called = Stopwatch.GetTimestamp();
                var (_, _, took) = await node.InvokeAsync(kinds[i].Function, Request);
                var answered = Stopwatch.GetTimestamp();
                var init = node.Pool(kinds[i].Function).Instances.Single().InitDuration;
                if (round > 0)
                {
                    times[i].Add(took);
                    stages[i].AddRange(Took(node.TakeStages(), called, init, answered));
                }

                if (round < 0)
                {
                    // The first clone is writing down which pages it touched.
                    await Task.Delay(s_recording);
                }
                else if (kinds[i].Name == Standby)
                {
                    // The next is being restored.
                    await Task.Delay(s_restoring);
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

    private static IEnumerable<StageResult> Took(IReadOnlyList<(string Stage, long At)> stages, long called, TimeSpan init, long answered)
    {
        if (stages.Count == 0)
        {
            yield break;
        }

        // What was restored ahead has reached its stages before; what is restored for a later start is none of this one's.
        var ready = called + (long)(init.TotalSeconds * Stopwatch.Frequency);
        var all = stages
            .Where(stage => stage.At > called && stage.At < answered)
            .Append(("ready", ready))
            .Append(("answered", answered))
            .OrderBy(static stage => stage.Item2);
        var last = called;
        foreach (var (stage, at) in all)
        {
            yield return new StageResult(stage, Stopwatch.GetElapsedTime(last, at).TotalMilliseconds);
            last = at;
        }
    }
}
