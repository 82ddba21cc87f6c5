using System.Text;
using Nexus.Backend.Sandbox;
using Nexus.Bench.Output;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>Many machines of one function that wait: clones through Nexus, and clones of machines in which the function runs as it is.</summary>
internal static class IdleRounds
{
    public const string Clones = "Nexus, ready";
    public const string CalledClones = "Nexus, each after one GetItem";
    public const string RehearsedClones = "Nexus, from after a rehearsal, ready";
    public const string RehearsedCalledClones = "Nexus, from after a rehearsal, each after one GetItem";
    public const string Unmodified = "as it is";
    public const string UnmodifiedRehearsed = "as it is, from after calls";
    private const string Request = """{"operation":"get-item","count":1}""";

    // All make their first call at once, on however many processors there are.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);

    public static async Task<(MonitorResult Monitor, IReadOnlyList<IdleMachines> Idle)> RunAsync(
        MachineSupport machines,
        IReadOnlyDictionary<string, string> environment,
        PublishedFunction function,
        VmOptions options,
        List<string> skipped
    )
    {
        var handler = $"{function.Assembly}::{function.Assembly}.EagerFunction::FunctionHandler";
        await using var node = await VmNode.StartAsync(
            machines,
            environment,
            [
                VmNode.Define("clones", function, handler, "vm") with
                {
                    Timeout = s_patience,
                },
                VmNode.Define("rehearsed", function, handler, "vm") with
                {
                    SnapshotEvent = Encoding.UTF8.GetBytes(Request),
                    Timeout = s_patience,
                },
            ]
        );
        var results = new List<IdleMachines>();
        var monitor = await MeasureAsync(node, "clones", Clones, CalledClones, options.Instances, results);
        _ = await MeasureAsync(node, "rehearsed", RehearsedClones, RehearsedCalledClones, options.Instances, results);
        if (Environment.UserName != "root" || !File.Exists("/dev/net/tun"))
        {
            skipped.Add("the function as it is: a machine's network card needs root and /dev/net/tun");
            return (monitor, results);
        }

        foreach (var (name, isRehearsed) in new[] { (Unmodified, false), (UnmodifiedRehearsed, true) })
        {
            results.AddRange(
                await PlainClones.RunAsync(
                    machines,
                    node.Services.SandboxFor("process"),
                    function,
                    handler,
                    options.Unmodified,
                    isRehearsed,
                    name,
                    MeasureAsync
                )
            );
        }

        return (monitor, results);
    }

    private static async Task<MonitorResult> MeasureAsync(
        VmNode node,
        string function,
        string ready,
        string called,
        int instances,
        List<IdleMachines> results
    )
    {
        var pool = node.Pool(function);
        await Step.RunAsync(
            $"start {instances} clones: {ready}",
            async () =>
            {
                for (var clone = 0; clone < instances; clone++)
                {
                    if (await pool.WarmAsync() is { } failure)
                    {
                        throw new BenchException($"a clone did not start: {Encoding.UTF8.GetString(failure.Payload.Span)}");
                    }
                }
            }
        );
        var processes = pool.Instances.Select(static instance => instance.Process).ToArray();
        results.Add(await MeasureAsync(ready, processes));
        var monitor = Monitor(processes);
        await Step.RunAsync(
            "one call each",
            // All at once, or the most recently used would answer them all.
            () => Task.WhenAll(Enumerable.Range(0, instances).Select(_ => node.InvokeAsync(function, Request)))
        );
        results.Add(await MeasureAsync(called, [.. pool.Instances.Select(static instance => instance.Process)]));
        await node.EndAsync(function);
        return monitor;
    }

    private static MonitorResult Monitor(IReadOnlyList<SandboxProcess> machines)
    {
        var memories = machines.Select(static machine => MachineMemory.Of(machine.GuestId!.Value)).ToArray();
        var all = machines.Average(static machine => machine.ReadMemory().PssBytes / 1048576.0);
        return new MonitorResult(
            Figure.Median(memories.Select(static memory => memory.Own)),
            Figure.Median(memories.Select(static memory => memory.OwnPrivateDirty)),
            all - memories.Average(static memory => memory.Own + memory.Guest)
        );
    }

    /// <summary>After a while in which nothing happens to them.</summary>
    private static async Task<IdleMachines> MeasureAsync(string name, IReadOnlyList<SandboxProcess> machines)
    {
        await Task.Delay(s_settle);
        return new IdleMachines(
            name,
            machines.Count,
            machines.Average(static machine => machine.ReadMemory().PssBytes / 1048576.0),
            machines.Average(static machine => MachineMemory.Of(machine.GuestId!.Value).Guest)
        );
    }
}
