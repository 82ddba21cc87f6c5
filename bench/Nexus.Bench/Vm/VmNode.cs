using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Nexus.Backend.Functions;
using Nexus.Backend.Instances;
using Nexus.Backend.Node;
using Nexus.Backend.Sandbox;
using Nexus.Bench.Nodes;
using Nexus.TestKit;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>A node in this process, whose machines tell how far they are.</summary>
internal sealed class VmNode : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly NexusNode _node;
    private readonly ConcurrentQueue<(string Machine, string Stage, long At)> _stages;

    private VmNode(NexusNode node, ConcurrentQueue<(string, string, long)> stages)
    {
        _node = node;
        _stages = stages;
    }

    public static async Task<VmNode> StartAsync(
        MachineSupport machines,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<FunctionDefinition> functions
    )
    {
        // The node reads its endpoints and credentials from its environment, which is this process's.
        foreach (var (name, value) in environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        var stages = new ConcurrentQueue<(string, string, long)>();
        var node = await NexusNode.StartAsync(
            new NodeOptions
            {
                Listen = "http://127.0.0.1:0",
                LogLevel = "error",
                DrainSeconds = 0,
                Functions = functions,
                Machines = new VirtualMachineOptions
                {
                    Kernel = machines.Kernel.Path,
                    KernelParameters = machines.Kernel.Parameters,
                    Programs = MachineSupport.Programs,
                    Images = RepositoryRoot.Combine("artifacts", "vm", "images"),
                    Stages = (machine, stage, at) => stages.Enqueue((machine, stage, at)),
                },
            },
            CancellationToken.None
        );
        return new VmNode(node, stages);
    }

    /// <summary>A function of this bench, prepared as <c>nexus serve</c> does.</summary>
    public static FunctionDefinition Define(string name, PublishedFunction function, string handler, string sandbox, bool snapshot = true)
    {
        var prepared = Overlays.Create().Prepare(function.Folder);
        return new FunctionDefinition
        {
            Name = name,
            AppFolder = prepared.Folder,
            Command = prepared.CommandLine,
            Handler = handler,
            Region = EmulatorSet.Region,
            Timeout = TimeSpan.FromSeconds(60),
            IdleTimeout = TimeSpan.FromHours(1),
            MaxInstances = 1000,
            MemoryMb = 256,
            Sandbox = sandbox,
            Snapshot = snapshot,
        };
    }

    public FunctionPool Pool(string function) => _node.Functions[function];

    public InstanceServices Services => _node.Services;

    /// <summary>Invokes a function and returns its answer, the request's id and the time from here to there in ms.</summary>
    /// <exception cref="BenchException">The function failed.</exception>
    public async Task<(string Answer, string RequestId, double Milliseconds)> InvokeAsync(string function, string payload)
    {
        var pool = Pool(function);
        var invocation = new Invocation
        {
            RequestId = Guid.NewGuid().ToString(),
            Payload = Encoding.UTF8.GetBytes(payload),
            FunctionArn = pool.Function.Arn,
        };
        var started = Stopwatch.GetTimestamp();
        var result = (await pool.InvokeAsync(invocation))!;
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var answer = Encoding.UTF8.GetString(result.Payload.Span);
        return result.FunctionError is null
            ? (answer, invocation.RequestId, took)
            : throw new BenchException($"{function} failed: {answer}");
    }

    /// <summary>Ends all instances of a function, so that its next invocation starts one.</summary>
    public async Task EndAsync(string function)
    {
        var pool = Pool(function);
        foreach (var instance in pool.Instances)
        {
            instance.Process.Kill();
        }

        var started = Stopwatch.GetTimestamp();
        while (pool.Instances.Count > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > s_patience)
            {
                throw new BenchException($"an instance of {function} did not end");
            }

            await Task.Delay(1);
        }
    }

    /// <summary>The stages since the last time, of the machines whose guests are of a function, in the order of time.</summary>
    public IReadOnlyList<(string Stage, long At)> TakeStages()
    {
        var taken = new List<(string, long)>();
        while (_stages.TryDequeue(out var stage))
        {
            taken.Add((stage.Stage, stage.At));
        }

        return [.. taken.OrderBy(static stage => stage.Item2)];
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
