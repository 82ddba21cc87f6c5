using Nexus.Bench.Aws;
using Nexus.Bench.Output;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>What virtual machines cost, each figure with its baseline from the same run.</summary>
internal static class VmBench
{
    public const string Clones = "clones";
    private const string Function = "BenchCalls";

    public static IReadOnlyList<string> Parts { get; } = ["boot", "start", "idle", "calls", Clones];

    public static async Task<VmResult> RunAsync(VmOptions options)
    {
        var (machines, reason) = await Step.RunAsync("compile the monitor", () => MachineSupport.FindAsync());
        if (machines is null)
        {
            throw new BenchException(reason);
        }

        var skipped = new List<string>();
        var result = new VmResult(options.Rounds, null, null, null, null, null, null, skipped);
        if (Wanted("boot"))
        {
            var boots = await Step.RunAsync($"{options.Rounds} boots each", () => BootRace.RunAsync(machines, options.Rounds, skipped));
            result = result with { Boots = boots };
        }

        var function = await Step.RunAsync("publish the function", () => PublishedFunctions.GetAsync(Function));
        await using var service = await AwsService.StartResponderAsync(secure: false);
        if (Wanted("start"))
        {
            var starts = await Step.RunAsync(
                $"{options.Rounds} starts each",
                () => StartRounds.RunAsync(machines, service.CallerVariables, function, options.Rounds)
            );
            result = result with { Starts = starts };
        }

        if (Wanted("idle"))
        {
            var (monitor, idle) = await IdleRounds.RunAsync(machines, service.CallerVariables, function, options, skipped);
            result = result with { Monitor = monitor, Idle = idle };
        }

        if (Wanted("calls"))
        {
            result = result with { Calls = await CallRounds.RunAsync(options.Rounds, skipped) };
        }

        if (options.Clones > 0)
        {
            var probe = await PublishedFunctions.GetAsync("Probe");
            var turns = await Step.RunAsync(
                $"{options.Clones} clones, one after the other",
                () => CloneTurns.RunAsync(machines, probe, options.Clones)
            );
            result = result with { Turns = turns };
        }

        return result;

        bool Wanted(string part) => options.Part is null || options.Part == part;
    }
}
