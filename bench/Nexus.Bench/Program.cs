using System.Text.Json;
using Nexus.Bench;
using Nexus.Bench.Aws;
using Nexus.Bench.Channel;
using Nexus.Bench.Demo;
using Nexus.Bench.Grpc;
using Nexus.Bench.Idle;
using Nexus.Bench.Nodes;
using Nexus.Bench.Soak;
using Nexus.Bench.Vm;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

try
{
    return args switch
    {
        ["channel", .. var rest] => await ChannelBenchmark.RunAsync(Report.Parse(rest)),
        ["channel-idle", .. var rest] => await IdleBenchmark.RunAsync(Report.Parse(rest)),
        ["demo"] => await DemoProgram.RunAsync(),
        ["aws", .. var rest] => Write(await AwsBench.RunAsync(AwsOptions(rest)), rest, AwsReport.Write),
        ["grpc", .. var rest] => Write(await GrpcBench.RunAsync(GrpcOptions(rest)), rest, GrpcReport.Write),
        ["soak", .. var rest] => Write(
            await SoakProgram.RunAsync(Number(rest, "--minutes", 60), TimeSpan.FromMilliseconds(Number(rest, "--pause", 0))),
            rest,
            SoakReport.Write,
            static result => result.Passed
        ),
        ["vm", .. var rest] => Write(await VmBench.RunAsync(VmOptions(rest)), rest, VmReport.Write),
        ["idle", .. var rest] => Write(await IdleBench.RunAsync(Number(rest, "--instances", 100)), rest, IdleBench.Write),
        // Started by the others.
        [CallRounds.Role, var rounds] => await CallRounds.RunInsideAsync(
            int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture)
        ),
        ["node"] => await NodeProgram.RunAsync(),
        ["responder"] => await ResponderProgram.RunAsync(),
        ["grpc-server"] => await GrpcServerProgram.RunAsync(),
        ["channel-peer", .. var rest] => ChannelPeerProgram.Run(rest),
        ["socket-peer", var path] => SocketBaseline.Serve(path),
        _ => Report.Usage(
            "channel [--json]",
            "channel-idle [--json]",
            "aws [--rounds N] [--starts N] [--together N] [--plain | --emulators] [--json]",
            "grpc [--rounds N] [--part client|server|in-node] [--json]",
            "idle [--instances N] [--json]",
            "vm [--rounds N] [--instances N] [--unmodified N] [--clones N] [--part boot|start|idle|calls|clones] [--json]",
            "soak [--minutes N] [--json]",
            "demo"
        ),
    };
}
catch (Exception failure) when (failure is BenchException or EmulatorException or FunctionException)
{
    Console.Error.WriteLine($"error: {failure.Message}");
    return 1;
}

static AwsBenchOptions AwsOptions(string[] rest) =>
    new(
        Rounds: Number(rest, "--rounds", 5),
        Starts: Number(rest, "--starts", 5),
        Together: Number(rest, "--together", 4),
        Plain: rest.Contains("--plain"),
        UseEmulators: rest.Contains("--emulators")
    );

static VmOptions VmOptions(string[] rest)
{
    var at = Array.IndexOf(rest, "--part");
    var part = at < 0 ? null : rest.ElementAtOrDefault(at + 1) ?? "";
    var clones = Number(rest, "--clones", part == VmBench.Clones ? 1000 : 0);
    return part is null || VmBench.Parts.Contains(part)
        ? new VmOptions(Number(rest, "--rounds", 10), Number(rest, "--instances", 100), Number(rest, "--unmodified", 100), clones, part)
        : throw new BenchException($"--part needs one of {string.Join(", ", VmBench.Parts)}.");
}

static GrpcOptions GrpcOptions(string[] rest)
{
    var at = Array.IndexOf(rest, "--part");
    var part = at < 0 ? null : rest.ElementAtOrDefault(at + 1) ?? "";
    return part is null || GrpcOperations.Parts.Contains(part)
        ? new GrpcOptions(Number(rest, "--rounds", 5), part)
        : throw new BenchException($"--part needs one of {string.Join(", ", GrpcOperations.Parts)}.");
}

static int Number(string[] rest, string name, int otherwise)
{
    var at = Array.IndexOf(rest, name);
    return at < 0 ? otherwise
        : at + 1 < rest.Length && int.TryParse(rest[at + 1], out var value) && value > 0 ? value
        : throw new BenchException($"{name} needs a number above 0.");
}

static int Write<T>(T result, string[] rest, Action<T> write, Func<T, bool>? passed = null)
{
    if (rest.Contains("--json"))
    {
        Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
    }
    else
    {
        write(result);
    }

    return passed is null || passed(result) ? 0 : 1;
}
