using Nexus.Backend.Functions;
using Nexus.Backend.Instances;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Aws;

/// <summary>The same function code, direct in four ways and through Nexus, interleaved in one run.</summary>
internal static class AwsBench
{
    public const string GetItem = "get-item";
    public const string PutItem = "put-item";
    public const string GetObject = "get-object";
    public const string PutObject = "put-object";
    private const string Function = "BenchCalls";
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    public static async Task<AwsResult> RunAsync(AwsBenchOptions options)
    {
        var (jit, readyToRun, native) = await PublishAsync();
        await using var service = await Step.RunAsync(
            "start the service",
            () => options.UseEmulators ? AwsService.StartEmulatorsAsync() : AwsService.StartResponderAsync(secure: !options.Plain)
        );
        await using var node = await Step.RunAsync("start Nexus", () => StartNodeAsync(jit, readyToRun, options, service));
        var direct = service.CallerVariables;
        var lean = direct.Concat(LeanVariables()).ToDictionary();
        Variant[] variants =
        [
            Variant.Direct(Variant.JitDefault, jit, direct),
            Variant.Direct(Variant.JitLean, jit, lean),
            Variant.Direct(Variant.ReadyToRun, readyToRun, direct),
            Variant.Native(native, direct),
            Variant.ThroughNexus(Variant.Nexus, node, "jit"),
            Variant.ThroughNexus(Variant.NexusReadyToRun, node, "r2r"),
        ];
        var firstCalls = await Step.RunAsync($"{options.Starts} first calls each", () => MeasureFirstCallsAsync(variants, options.Starts));
        var rounds = new AwsRounds(variants, options);
        await rounds.RunAsync(IdleTime);
        var together = new AwsTogether(variants, options);
        await together.RunAsync();
        var instances = (await node.StatusAsync()).Functions.Sum(function => function.Instances.Count);
        return new AwsResult(
            service.Description,
            options.Rounds,
            options.Together,
            [.. variants.Select((variant, i) => rounds.Result(i, firstCalls[i], together.Result(i)))],
            MemoryFigures.Of(node.ProcessId),
            instances
        );
    }

    /// <summary>The runtime settings that Nexus gives its guests.</summary>
    public static IEnumerable<KeyValuePair<string, string>> LeanVariables()
    {
        var anything = new FunctionDefinition
        {
            Name = Function,
            AppFolder = "/",
            Command = (_, _) => [],
            Region = EmulatorSet.Region,
        };
        return GuestVariables.Of(anything, "", "").Where(pair => pair.Key.StartsWith("DOTNET_", StringComparison.Ordinal));
    }

    private static async Task<(PublishedFunction Jit, PublishedFunction ReadyToRun, PublishedFunction Native)> PublishAsync()
    {
        var runtime = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        var jit = await Step.RunAsync("publish the function", () => PublishedFunctions.GetAsync(Function));
        var readyToRun = await Step.RunAsync(
            "publish it as ReadyToRun",
            () => PublishedFunctions.GetAsync(Function, "-r", runtime, "--self-contained", "false", "-p:PublishReadyToRun=true")
        );
        var native = await Step.RunAsync(
            "publish it as an executable with NativeAOT (up to minutes)",
            () => PublishedFunctions.GetAsync(Function + "Native", "-r", runtime)
        );
        return (jit, readyToRun, native);
    }

    private static Task<BenchNode> StartNodeAsync(
        PublishedFunction jit,
        PublishedFunction readyToRun,
        AwsBenchOptions options,
        AwsService service
    )
    {
        var functions = new List<NodeFunction>();
        foreach (var (prefix, function) in new[] { ("jit", jit), ("r2r", readyToRun) })
        {
            var names = Enumerable
                .Range(0, Math.Max(options.Starts, options.Together) + 1)
                .Select(number => $"{prefix}-{number}")
                .Prepend(prefix);
            functions.AddRange(
                names.Select(name => new NodeFunction(name, function.Folder, function.Handler, new Dictionary<string, string>()))
            );
        }

        return BenchNode.StartAsync(functions, service.CallerVariables);
    }

    /// <summary>Start after start of each variant in turn; the very first of each only fills the file cache.</summary>
    private static async Task<double[]> MeasureFirstCallsAsync(Variant[] variants, int starts)
    {
        var times = variants.Select(_ => new List<double>()).ToArray();
        for (var number = 0; number <= starts; number++)
        {
            for (var i = 0; i < variants.Length; i++)
            {
                var milliseconds = await variants[i].FirstCallAsync(number);
                if (number > 0)
                {
                    times[i].Add(milliseconds);
                }
            }
        }

        return [.. times.Select(Figure.Median)];
    }
}
