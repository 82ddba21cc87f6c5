using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;
using Nexus.Bench.Output;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>Many machines of one function that wait: clones through Nexus, and machines in which the function runs as it is.</summary>
internal static class IdleRounds
{
    public const string Clones = "Nexus, clones, ready";
    public const string CalledClones = "Nexus, clones, each after one DynamoDB call";
    public const string Unmodified = "the function as it is, booted, its client made, no call";
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);

    public static async Task<(MonitorResult Monitor, IReadOnlyList<IdleMachines> Idle)> RunAsync(
        MachineSupport machines,
        IReadOnlyDictionary<string, string> environment,
        PublishedFunction function,
        VmOptions options
    )
    {
        var handler = $"{function.Assembly}::{function.Assembly}.EagerFunction::FunctionHandler";
        await using var node = await VmNode.StartAsync(machines, environment, [VmNode.Define("clones", function, handler, "vm")]);
        var results = new List<IdleMachines>();
        var pool = node.Pool("clones");
        await Step.RunAsync(
            $"start {options.Instances} clones",
            async () =>
            {
                for (var clone = 0; clone < options.Instances; clone++)
                {
                    if (await pool.WarmAsync() is { } failure)
                    {
                        throw new BenchException($"a clone did not start: {System.Text.Encoding.UTF8.GetString(failure.Payload.Span)}");
                    }
                }
            }
        );
        await Task.Delay(s_settle);
        var processes = pool.Instances.Select(static instance => instance.Process).ToArray();
        var monitor = Monitor(processes);
        results.Add(Measure(Clones, processes));
        await Step.RunAsync(
            "one call each",
            // All at once, or the most recently used would answer them all.
            () =>
                Task.WhenAll(
                    Enumerable.Range(0, options.Instances).Select(_ => node.InvokeAsync("clones", """{"operation":"get-item","count":1}"""))
                )
        );
        await Task.Delay(s_settle);
        results.Add(Measure(CalledClones, [.. pool.Instances.Select(static instance => instance.Process)]));
        await node.EndAsync("clones");
        if (options.Unmodified > 0)
        {
            results.Add(await MeasureUnmodifiedAsync(node, pool.Function, function, handler, environment, options.Unmodified));
        }

        return (monitor, results);
    }

    /// <summary>The publish folder as it is, with a host that binds its handler and waits for events on a standard input where none come.</summary>
    private static async Task<IdleMachines> MeasureUnmodifiedAsync(
        VmNode node,
        FunctionDefinition like,
        PublishedFunction function,
        string handler,
        IReadOnlyDictionary<string, string> environment,
        int machines
    )
    {
        var folder = UnmodifiedFolder(function);
        var dotnet = DotnetRoot.Find();
        var spec = new SandboxSpec
        {
            Name = "unmodified",
            AppFolder = folder,
            Command =
            [
                Path.Combine(dotnet, "dotnet"),
                "exec",
                "--runtimeconfig",
                $"{SandboxSpec.TaskRoot}/{function.Assembly}.runtimeconfig.json",
                $"{SandboxSpec.TaskRoot}/Nexus.DirectHost.dll",
                SandboxSpec.TaskRoot,
                handler,
            ],
            // The same settings of the runtime: what is compared is what the function brings along.
            Environment = environment.Concat(Aws.AwsBench.LeanVariables()).ToDictionary(),
            MemoryLimitMb = like.MemoryMb,
            ReadOnlyMounts = [new ReadOnlyMount(dotnet, dotnet)],
        };
        var running = new List<SandboxProcess>();
        try
        {
            await Step.RunAsync(
                $"boot {machines} machines of the function as it is",
                async () =>
                {
                    for (var number = 0; number < machines; number++)
                    {
                        running.Add(await node.Services.SandboxFor("vm").StartAsync(spec, CancellationToken.None));
                        await ReadReadyAsync(running[^1]);
                    }
                }
            );
            await Task.Delay(s_settle);
            return Measure(Unmodified, running);
        }
        finally
        {
            foreach (var process in running)
            {
                await process.DisposeAsync();
            }
        }
    }

    /// <summary>The first byte of the host's output says that the handler is bound and the function made.</summary>
    private static async Task ReadReadyAsync(SandboxProcess process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        var count = await process.Output.ReadAsync(buffer, patience.Token);
        if (count == 0 || buffer[0] != (byte)'I')
        {
            throw new BenchException($"the function as it is did not start: {System.Text.Encoding.UTF8.GetString(buffer, 0, count)}");
        }
    }

    private static string UnmodifiedFolder(PublishedFunction function)
    {
        var folder = TestKit.RepositoryRoot.Combine("artifacts", "bench-unmodified", function.Assembly);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(function.Folder).Concat(Directory.GetFiles(AppContext.BaseDirectory, "Nexus.DirectHost.*")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
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

    private static IdleMachines Measure(string name, IReadOnlyList<SandboxProcess> machines) =>
        new(
            name,
            machines.Count,
            machines.Average(static machine => machine.ReadMemory().PssBytes / 1048576.0),
            machines.Average(static machine => MachineMemory.Of(machine.GuestId!.Value).Guest)
        );
}
