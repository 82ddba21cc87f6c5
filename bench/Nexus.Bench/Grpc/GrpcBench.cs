using Nexus.Bench.Aws;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Grpc;

/// <summary>A function's gRPC calls, with the library's own client over TCP and over a Unix socket, and through Nexus; interleaved in one run.</summary>
internal static class GrpcBench
{
    private const string Function = "BenchRemote";
    private const int WarmUpRounds = 4;

    /// <summary>Operations and how many calls a round makes.</summary>
    private static readonly (string Name, int Calls)[] Operations =
    [
        ("unary-1k", 1000),
        ("unary-64k", 200),
        ("unary-1m", 20),
        ("stream-10k", 4),
        ("concurrent", 1000),
    ];

    public static async Task<GrpcResult> RunAsync(int rounds)
    {
        var jit = await Step.RunAsync("publish the function", () => PublishedFunctions.GetAsync(Function));
        var runtime = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        var readyToRun = await Step.RunAsync(
            "publish it as ReadyToRun",
            () => PublishedFunctions.GetAsync(Function, "-r", runtime, "--self-contained", "false", "-p:PublishReadyToRun=true")
        );
        var folder = Directory.CreateTempSubdirectory("bench-grpc-");
        var socket = Path.Combine(folder.FullName, "s");
        var server = Self.Start("grpc-server", new Dictionary<string, string> { [GrpcServerProgram.SocketVariable] = socket });
        try
        {
            var address = (await Self.ReadAddressAsync(server, GrpcServerProgram.ListenPrefix)).ToString();
            return await RunAsync(jit, readyToRun, address, socket, rounds);
        }
        finally
        {
            await Self.EndAsync(server);
            folder.Delete(recursive: true);
        }
    }

    public static void Write(GrpcResult result)
    {
        foreach (var operation in Operations)
        {
            Console.WriteLine($"{operation.Name}: medians of {result.Rounds} rounds of {operation.Calls} calls, per call in us");
            var table = new TextTable("", "guest CPU", "backend CPU", "node CPU", "p50", "p99");
            foreach (var variant in result.Variants)
            {
                var figures = variant.Operations.Single(sample => sample.Operation == operation.Name);
                table.Add(
                    variant.Name,
                    Figure.Number(figures.GuestCpu),
                    Figure.Number(figures.BackendCpu),
                    Figure.Number(figures.GuestCpu + figures.BackendCpu),
                    Figure.Number(figures.Median),
                    Figure.Number(figures.Percentile99)
                );
            }

            Console.WriteLine(table);
        }
    }

    private static async Task<GrpcResult> RunAsync(
        PublishedFunction jit,
        PublishedFunction readyToRun,
        string address,
        string socket,
        int rounds
    )
    {
        var tcp = new Dictionary<string, string> { ["BENCH_ADDRESS"] = address };
        var lean = tcp.Concat(AwsBench.LeanVariables()).ToDictionary();
        var unix = new Dictionary<string, string>(lean) { ["BENCH_SOCKET"] = socket };
        await using var node = await BenchNode.StartAsync(
            [new NodeFunction("bench", jit.Folder, jit.Handler, tcp, ["127.0.0.1"])],
            new Dictionary<string, string>()
        );
        var names = new[] { "JIT default, TCP", "JIT lean, TCP", "JIT lean, Unix socket", "ReadyToRun, TCP", "Nexus" };
        var subjects = new List<Subject>();
        try
        {
            subjects.Add(await DirectSubject.StartAsync(jit, tcp));
            subjects.Add(await DirectSubject.StartAsync(jit, lean));
            subjects.Add(await DirectSubject.StartAsync(jit, unix));
            subjects.Add(await DirectSubject.StartAsync(readyToRun, tcp));
            subjects.Add(await NexusSubject.StartAsync(node, "bench"));
            var samples = await MeasureAsync(subjects, rounds);
            return new GrpcResult(rounds, [.. names.Select((name, i) => new GrpcVariant(name, samples[i]))]);
        }
        finally
        {
            foreach (var subject in subjects)
            {
                await subject.DisposeAsync();
            }
        }
    }

    private static async Task<List<OperationResult>[]> MeasureAsync(List<Subject> subjects, int rounds)
    {
        var samples = subjects.Select(_ => Operations.ToDictionary(static o => o.Name, _ => new List<OperationResult>())).ToArray();
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            await Step.RunAsync(
                round < 0 ? "warm-up" : $"round {round + 1} of {rounds}",
                async () =>
                {
                    foreach (var (operation, calls) in Operations)
                    {
                        for (var i = 0; i < subjects.Count; i++)
                        {
                            var sample = await subjects[i].MeasureAsync(operation, calls);
                            if (round >= 0)
                            {
                                samples[i][operation].Add(sample);
                            }
                        }
                    }
                }
            );
        }

        return [.. samples.Select(static all => all.Values.Select(OperationResult.MedianOf).ToList())];
    }
}
