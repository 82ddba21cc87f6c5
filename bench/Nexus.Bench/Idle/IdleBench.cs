using Nexus.Backend.Sandbox;
using Nexus.Bench.Aws;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Idle;

/// <summary>Many instances of one function that did their work and now wait. Each has made one DynamoDB call before.</summary>
internal static class IdleBench
{
    private const string Function = "BenchCalls";
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<IdleResult>> RunAsync(int instances)
    {
        var function = await Step.RunAsync("publish the function", () => PublishedFunctions.GetAsync(Function));
        await using var service = await AwsService.StartResponderAsync(secure: false);
        var lean = service.CallerVariables.Concat(AwsBench.LeanVariables()).ToDictionary();
        return
        [
            await MeasureNexusAsync(function, service, instances),
            await MeasureDirectAsync(Variant.JitDefault, function, service.CallerVariables, instances),
            await MeasureDirectAsync(Variant.JitLean, function, lean, instances),
        ];
    }

    public static void Write(IReadOnlyList<IdleResult> results)
    {
        var table = new TextTable(
            "idle instances",
            "number",
            "private dirty MB each",
            "PSS MB each",
            "backend PSS MB each",
            "CPU of all, % of a core"
        );
        foreach (var result in results)
        {
            table.Add(
                result.Name,
                $"{result.Instances}",
                Figure.Number(result.PrivateDirty),
                Figure.Number(result.Pss),
                result.BackendPss > 0 ? Figure.Number(result.BackendPss) : "-",
                Figure.Number(result.CpuPercent)
            );
        }

        Console.WriteLine(table);
        var nexus = results.Single(result => result.Name == Variant.Nexus);
        Console.WriteLine(
            $"  aim: {nexus.Instances} idle instances under 1% of one core together: {(nexus.CpuPercent < 1 ? "reached" : "MISSED")}"
        );
    }

    private static async Task<IdleResult> MeasureNexusAsync(PublishedFunction function, AwsService service, int instances)
    {
        var names = Enumerable.Range(0, instances).Select(number => $"idle-{number}").ToArray();
        await using var node = await BenchNode.StartAsync(
            names.Select(name => new NodeFunction(name, function.Folder, function.Handler, new Dictionary<string, string>())),
            service.CallerVariables
        );
        await StartAllAsync(Variant.Nexus, instances, number => NexusSubject.StartAsync(node, names[number], AwsBench.GetItem));
        var result = await MeasureAsync(
            Variant.Nexus,
            ProcessTree.Descendants(node.ProcessId).Skip(1).ToArray(),
            node.ProcessId,
            instances
        );
        return result;
    }

    private static async Task<IdleResult> MeasureDirectAsync(
        string name,
        PublishedFunction function,
        IReadOnlyDictionary<string, string> variables,
        int instances
    )
    {
        var subjects = await StartAllAsync(
            name,
            instances,
            async _ =>
            {
                var subject = await DirectSubject.StartAsync(function, variables);
                await subject.CallAsync(AwsBench.GetItem, 1);
                return subject;
            }
        );
        try
        {
            return await MeasureAsync(name, subjects.Select(subject => subject.GuestId).ToArray(), null, instances);
        }
        finally
        {
            foreach (var subject in subjects)
            {
                await subject.DisposeAsync();
            }
        }
    }

    // Two at a time: more would only make each start slower.
    private static Task<Subject[]> StartAllAsync(string name, int instances, Func<int, Task<Subject>> startAsync) =>
        Step.RunAsync(
            $"start {instances} instances, {name}",
            async () =>
            {
                var subjects = new Subject[instances];
                await Parallel.ForAsync(
                    0,
                    instances,
                    new ParallelOptions { MaxDegreeOfParallelism = 2 },
                    async (number, _) => subjects[number] = await startAsync(number)
                );
                return subjects;
            }
        );

    private static async Task<IdleResult> MeasureAsync(string name, int[] guests, int? backend, int instances)
    {
        int[] all = backend is { } id ? [.. guests, id] : guests;
        await Task.Delay(Settle);
        var before = all.Sum(ProcessFigures.CpuMicroseconds);
        await Step.RunAsync($"watch them for {Watched.TotalSeconds} s", () => Task.Delay(Watched));
        var cpu = all.Sum(ProcessFigures.CpuMicroseconds) - before;
        var memory = ProcessTree.Memory(guests);
        return new IdleResult(
            name,
            instances,
            memory.PrivateDirtyBytes / 1048576.0 / instances,
            memory.PssBytes / 1048576.0 / instances,
            backend is { } pid ? MemoryFigures.Of(pid).Pss / instances : 0,
            100 * cpu / Watched.TotalMicroseconds
        );
    }
}
