using Nexus.Bench.Aws;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.TestKit;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Grpc;

/// <summary>
/// gRPC out of a function, into a server and between two functions of one node: as the programs are, over TCP and Unix sockets, and through Nexus; interleaved in
/// one run.
/// </summary>
internal static class GrpcBench
{
    public const string JitDefault = "JIT default";
    public const string JitLean = "JIT lean";
    public const string UnixSocket = "JIT lean, Unix socket";
    public const string ReadyToRun = "ReadyToRun";
    public const string NativeAot = "NativeAOT";
    public const string Nexus = "Nexus";
    private const string Caller = "BenchRemote";
    private const string Service = "BenchService";
    private const int WarmUpRounds = 4;

    public static async Task<GrpcResult> RunAsync(GrpcOptions options)
    {
        var programs = await PublishAsync();
        var folder = Directory.CreateTempSubdirectory("bench-grpc-");
        var socket = Path.Combine(folder.FullName, "s");
        var server = Self.Start("grpc-server", new Dictionary<string, string> { [GrpcServerProgram.SocketVariable] = socket });
        try
        {
            var address = await Self.ReadAddressAsync(server, GrpcServerProgram.ListenPrefix);
            var parts = new List<GrpcPart>();
            foreach (var part in GrpcOperations.Parts.Where(part => options.Part is null || options.Part == part))
            {
                parts.Add(
                    part switch
                    {
                        GrpcOperations.Client => await MeasureClientAsync(programs, address, socket, options.Rounds),
                        GrpcOperations.Server => await MeasureServerAsync(programs, folder.FullName, options.Rounds),
                        _ => await MeasureInNodeAsync(programs, folder.FullName, options.Rounds),
                    }
                );
            }

            return new GrpcResult(options.Rounds, parts);
        }
        finally
        {
            await Self.EndAsync(server);
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Programs> PublishAsync()
    {
        var runtime = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        string[] ahead = ["-r", runtime, "--self-contained", "false", "-p:PublishReadyToRun=true"];
        return new Programs(
            await Step.RunAsync("publish the function", () => PublishedFunctions.GetAsync(Caller)),
            await Step.RunAsync("publish it as ReadyToRun", () => PublishedFunctions.GetAsync(Caller, ahead)),
            await Step.RunAsync(
                "publish it as an executable with NativeAOT (up to minutes)",
                () => PublishedFunctions.GetAsync(Caller + "Native", "-r", runtime)
            ),
            await Step.RunAsync("publish the server", () => PublishedFunctions.GetAsync(Service)),
            await Step.RunAsync("publish it as ReadyToRun", () => PublishedFunctions.GetAsync(Service, ahead))
        );
    }

    private static async Task<GrpcPart> MeasureClientAsync(Programs programs, Uri address, string socket, int rounds)
    {
        var tcp = Address(address);
        var lean = tcp.Concat(AwsBench.LeanVariables()).ToDictionary();
        var unix = new Dictionary<string, string>(lean) { ["BENCH_SOCKET"] = socket };
        await using var node = await BenchNode.StartAsync(
            [CallerFunction(Caller, programs.Caller, address)],
            new Dictionary<string, string>()
        );
        return await MeasureAsync(
            GrpcOperations.Client,
            [
                (JitDefault, () => DirectSubject.StartAsync(programs.Caller, tcp)),
                (JitLean, () => DirectSubject.StartAsync(programs.Caller, lean)),
                (UnixSocket, () => DirectSubject.StartAsync(programs.Caller, unix)),
                (ReadyToRun, () => DirectSubject.StartAsync(programs.CallerReadyToRun, tcp)),
                (NativeAot, () => NativeSubject.StartAsync(programs.CallerNative, tcp)),
                (Nexus, () => NexusSubject.StartAsync(node, Caller)),
            ],
            rounds
        );
    }

    private static async Task<GrpcPart> MeasureServerAsync(Programs programs, string folder, int rounds)
    {
        await using var plain = await KestrelServer.StartAsync(programs.Service, [], Path.Combine(folder, "plain"));
        await using var lean = await KestrelServer.StartAsync(programs.Service, AwsBench.LeanVariables(), Path.Combine(folder, "lean"));
        await using var ahead = await KestrelServer.StartAsync(programs.ServiceReadyToRun, [], Path.Combine(folder, "ahead"));
        var (http2Port, http1Port) = (FreePort.Find(), FreePort.Find());
        await using var node = await BenchNode.StartAsync(
            [ServiceFunction(Service, programs.Service, http2Port, http1Port)],
            new Dictionary<string, string>()
        );
        return await MeasureAsync(
            GrpcOperations.Server,
            [
                (JitDefault, () => Task.FromResult(ServedSubject.OfKestrel(plain))),
                (JitLean, () => Task.FromResult(ServedSubject.OfKestrel(lean))),
                (ReadyToRun, () => Task.FromResult(ServedSubject.OfKestrel(ahead))),
                (Nexus, () => ServedSubject.StartAsync(node, Service, http2Port, http1Port)),
            ],
            rounds
        );
    }

    private static async Task<GrpcPart> MeasureInNodeAsync(Programs programs, string folder, int rounds)
    {
        var (plainSocket, leanSocket) = (Path.Combine(folder, "plain"), Path.Combine(folder, "lean"));
        await using var plain = await KestrelServer.StartAsync(programs.Service, [], plainSocket);
        await using var lean = await KestrelServer.StartAsync(programs.Service, AwsBench.LeanVariables(), leanSocket);
        var (http2Port, http1Port) = (FreePort.Find(), FreePort.Find());
        var address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{http2Port}"));
        var byDefault = new Dictionary<string, string>(Address(address)) { ["BENCH_SOCKET"] = plainSocket };
        var leanly = new Dictionary<string, string>(Address(address).Concat(AwsBench.LeanVariables())) { ["BENCH_SOCKET"] = leanSocket };
        await using var node = await BenchNode.StartAsync(
            [CallerFunction(Caller, programs.Caller, address), ServiceFunction(Service, programs.Service, http2Port, http1Port)],
            new Dictionary<string, string>()
        );
        return await MeasureAsync(
            GrpcOperations.InNode,
            [
                (JitDefault, () => DirectSubject.StartAsync(programs.Caller, byDefault, plain.ProcessId)),
                (JitLean, () => DirectSubject.StartAsync(programs.Caller, leanly, lean.ProcessId)),
                (Nexus, StartPairAsync),
            ],
            rounds
        );

        async Task<Subject> StartPairAsync()
        {
            using var load = new ServedLoad(http2Port, http1Port);
            await load.RunAsync("get", 1);
            return await NexusSubject.StartAsync(node, Caller, neighbour: await node.GuestAsync(Service));
        }
    }

    public static NodeFunction CallerFunction(string name, PublishedFunction program, Uri address) =>
        new(name, program.Folder, program.Handler, Address(address), [address.Authority]);

    public static NodeFunction ServiceFunction(string name, PublishedFunction program, int http2Port, int http1Port) =>
        new(
            name,
            program.Folder,
            Handler: "",
            KestrelServer.Variables(http2Port, http1Port).ToDictionary(),
            Routes: new Dictionary<string, string>
            {
                [FormattableString.Invariant($"http://127.0.0.1:{http2Port}")] = "http2",
                [FormattableString.Invariant($"http://127.0.0.1:{http1Port}")] = "http1",
            }
        );

    private static Dictionary<string, string> Address(Uri address) => new() { ["BENCH_ADDRESS"] = address.ToString() };

    private static async Task<GrpcPart> MeasureAsync(string part, (string Name, Func<Task<Subject>> StartAsync)[] variants, int rounds)
    {
        var subjects = new List<Subject>();
        try
        {
            foreach (var (_, startAsync) in variants)
            {
                subjects.Add(await startAsync());
            }

            var samples = await MeasureAsync(part, subjects, rounds);
            return new GrpcPart(part, [.. variants.Select((variant, i) => new GrpcVariant(variant.Name, samples[i]))]);
        }
        finally
        {
            foreach (var subject in subjects)
            {
                await subject.DisposeAsync();
            }
        }
    }

    private static async Task<List<OperationResult>[]> MeasureAsync(string part, List<Subject> subjects, int rounds)
    {
        var operations = GrpcOperations.Of(part);
        var samples = subjects.Select(_ => operations.ToDictionary(static o => o.Name, _ => new List<OperationResult>())).ToArray();
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            await Step.RunAsync(round < 0 ? $"{part}: warm-up" : $"{part}: round {round + 1} of {rounds}", () => MeasureRoundAsync(round));
        }

        return [.. samples.Select(static all => all.Values.Select(OperationResult.MedianOf).ToList())];

        async Task MeasureRoundAsync(int round)
        {
            foreach (var (operation, calls) in operations)
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
    }

    private sealed record Programs(
        PublishedFunction Caller,
        PublishedFunction CallerReadyToRun,
        PublishedFunction CallerNative,
        PublishedFunction Service,
        PublishedFunction ServiceReadyToRun
    );
}
