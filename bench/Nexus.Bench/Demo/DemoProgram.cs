using System.Diagnostics;
using System.Text;
using Nexus.Backend.Sandbox;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Demo;

/// <summary>One ordinary function, first as it is, then through Nexus in the process sandbox, on the same emulators.</summary>
internal static class DemoProgram
{
    private const string Function = "HelloAll";
    private const int WarmUp = 600;
    private const int Measured = 300;

    // Longer than the guest waits before it collects and gives pages back.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    /// <returns>0 when both sides answered alike and the sandbox was what it promises to be.</returns>
    public static async Task<int> RunAsync()
    {
        var function = await Step.RunAsync($"publish {Function}, an ordinary function", () => PublishedFunctions.GetAsync(Function));
        await using var emulators = await Step.RunAsync("start local DynamoDB, S3 and SQS", () => EmulatorSet.StartAsync());
        using var data = new EmulatorData(emulators);
        await Step.RunAsync("create tables, buckets and queues", () => CreateAsync(data));
        var direct = await RunDirectAsync(function, emulators);
        var (nexus, status) = await RunNexusAsync(function, emulators);
        return DemoReport.Write(direct, nexus, status, Measured) ? 0 : 1;
    }

    private static async Task CreateAsync(EmulatorData data)
    {
        foreach (var side in new[] { "direct", "nexus" })
        {
            await data.CreateTableAsync($"visits-{side}", "name");
            await data.CreateBucketAsync($"greetings-{side}");
            await data.CreateQueueAsync($"announcements-{side}");
        }
    }

    private static Dictionary<string, string> Variables(string side) =>
        new()
        {
            ["TABLE_NAME"] = $"visits-{side}",
            ["BUCKET_NAME"] = $"greetings-{side}",
            ["QUEUE_NAME"] = $"announcements-{side}",
        };

    private static async Task<DemoSide> RunDirectAsync(PublishedFunction function, EmulatorSet emulators)
    {
        var variables = Variables("direct").Concat(emulators.CallerVariables).ToDictionary();
        await using var runner = await Step.RunAsync("start it as it is", () => DirectRunner.StartAsync(function, variables));
        async Task<string> InvokeAsync(string payload)
        {
            var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(payload));
            var answer = Encoding.UTF8.GetString(outcome.Payload);
            return outcome.FunctionError is null ? answer : throw new BenchException($"{Function} failed as it is: {answer}");
        }

        return await MeasureAsync("as it is", InvokeAsync, runner.ProcessId, null, emulators);
    }

    private static async Task<(DemoSide Side, NodeStatus Status)> RunNexusAsync(PublishedFunction function, EmulatorSet emulators)
    {
        var served = new NodeFunction(Function, function.Folder, function.Handler, Variables("nexus"));
        await using var node = await Step.RunAsync("start Nexus", () => BenchNode.StartAsync([served], emulators.CallerVariables));
        var first = await Step.RunAsync("start it through Nexus, in a sandbox", () => node.InvokeAsync(Function, Payload(0)));
        var guest =
            (await node.StatusAsync()).Instance(Function).Process ?? throw new BenchException("The instance ended after its first call.");
        var side = await MeasureAsync(
            "through Nexus",
            payload => node.InvokeAsync(Function, payload),
            guest,
            node.ProcessId,
            emulators,
            [first]
        );
        return (side, await node.StatusAsync());
    }

    private static async Task<DemoSide> MeasureAsync(
        string name,
        Func<string, Task<string>> invokeAsync,
        int guest,
        int? backend,
        EmulatorSet emulators,
        params IReadOnlyList<string> earlier
    )
    {
        List<string> answers = [.. earlier];
        async Task CallAsync(int upTo)
        {
            while (answers.Count < upTo)
            {
                answers.Add(await invokeAsync(Payload(answers.Count)));
            }
        }

        await Step.RunAsync($"warm up {name}", () => CallAsync(WarmUp));
        var (guestBefore, backendBefore) = (ProcessFigures.CpuMicroseconds(guest), BackendCpu());
        var watch = Stopwatch.StartNew();
        await Step.RunAsync($"{Measured} calls {name}", () => CallAsync(WarmUp + Measured));
        var milliseconds = watch.Elapsed.TotalMilliseconds / Measured;
        var (guestAfter, backendAfter) = (ProcessFigures.CpuMicroseconds(guest), BackendCpu());
        var sockets = ProcessFigures.Sockets(guest);
        await Task.Delay(IdleTime);
        return new DemoSide
        {
            Answers = answers,
            GuestCpu = (guestAfter - guestBefore) / Measured,
            BackendCpu = (backendAfter - backendBefore) / Measured,
            Milliseconds = milliseconds,
            Memory = ProcessFigures.Memory(guest),
            Sockets = sockets,
            Network = NetworkView.Of(guest),
            Secrets = SecretScan.Run(guest, emulators.CallerVariables["AWS_SECRET_ACCESS_KEY"]),
        };

        double BackendCpu() => backend is { } pid ? ProcessFigures.CpuMicroseconds(pid) : 0;
    }

    private static string Payload(int number) => $$"""{"name":"visitor-{{number % 3}}"}""";
}
