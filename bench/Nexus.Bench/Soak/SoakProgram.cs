using System.Diagnostics;
using Nexus.Bench.Aws;
using Nexus.Bench.Grpc;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.TestKit;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Soak;

/// <summary>Mixed calls for a long time, with cancellations and killed guests; what the backend holds must not grow.</summary>
internal static class SoakProgram
{
    private const int MostSamples = 120;

    public static async Task<SoakResult> RunAsync(double minutes, TimeSpan pause)
    {
        var remote = await Step.RunAsync("publish the functions", () => PublishedFunctions.GetAsync("BenchRemote"));
        var service = await PublishedFunctions.GetAsync("BenchService");
        var calls = await PublishedFunctions.GetAsync("BenchCalls");
        await using var aws = await AwsService.StartResponderAsync(secure: false);
        var folder = Directory.CreateTempSubdirectory("soak-");
        var server = Self.Start(
            "grpc-server",
            new Dictionary<string, string> { [GrpcServerProgram.SocketVariable] = Path.Combine(folder.FullName, "s") }
        );
        try
        {
            var outside = await Self.ReadAddressAsync(server, GrpcServerProgram.ListenPrefix);
            var (http2Port, http1Port) = (FreePort.Find(), FreePort.Find());
            var inside = new Uri(FormattableString.Invariant($"http://127.0.0.1:{http2Port}"));
            await using var node = await BenchNode.StartAsync(
                [
                    GrpcBench.CallerFunction(SoakLoads.Remote, remote, outside),
                    GrpcBench.CallerFunction(SoakLoads.Neighbour, remote, inside),
                    GrpcBench.ServiceFunction(SoakLoads.Service, service, http2Port, http1Port),
                    new NodeFunction(SoakLoads.Aws, calls.Folder, calls.Handler, new Dictionary<string, string>()),
                ],
                aws.CallerVariables
            );
            using var loads = new SoakLoads(node, http2Port, http1Port, pause);
            return await RunAsync(node, loads, TimeSpan.FromMinutes(minutes));
        }
        finally
        {
            await Self.EndAsync(server);
            folder.Delete(recursive: true);
        }
    }

    private static async Task<SoakResult> RunAsync(BenchNode node, SoakLoads loads, TimeSpan length)
    {
        var samples = new List<BackendSample>();
        loads.Start();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            await Task.Delay(length / MostSamples);
            samples.Add(await BackendSample.TakeAsync(node, watch.Elapsed.TotalSeconds));
            if (samples.Count % (MostSamples / 10) == 0)
            {
                Console.Error.WriteLine(SoakReport.Line(samples[^1]));
            }
        }

        var stuck = await loads.StopAsync();
        return new SoakResult(length.TotalMinutes, loads.Calls, loads.Failures, loads.Kills, stuck, samples, SoakReport.Growth(samples));
    }
}
