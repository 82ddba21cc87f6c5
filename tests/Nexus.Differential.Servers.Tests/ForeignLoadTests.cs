using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Servers.Tests;

/// <summary>
/// h2load, the load generator of another HTTP/2 implementation (nghttp2), against the routes of a node: connections with 100 streams each, in clear and over TLS. Every request
/// succeeds, and the node's memory does not grow with their number.
/// </summary>
[TestClass]
public sealed partial class ForeignLoadTests
{
    private const int Requests = 10_000;
    private const int Warmup = 1_000;

    /// <summary>Three runs grew by 0 to 12 MB, as heaps do; 4 KB that were kept of each request would be 40.</summary>
    private const int MostGrowth = 32 << 20;

    private const string Gallery = "gallery";
    private const string Ledger = "ledger";
    private static readonly TimeSpan s_watchdog = TimeSpan.FromMinutes(3);

    // A gRPC message without compression: no bytes, the request for the health of the whole server.
    private static readonly byte[] s_health = [0, 0, 0, 0, 0];
    private static TestAuthority? s_authority;
    private static NexusBackend? s_backend;
    private static Dictionary<(string Function, bool Tls), Uri> s_routes = [];
    private static string s_body = "";

    public required TestContext TestContext { get; init; }

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        if (!IsInstalled())
        {
            return;
        }

        s_authority = new TestAuthority("Nexus load");
        var certificate = s_authority.Certify("localhost");
        var (functions, routes) = (new JsonObject(), new JsonArray());
        var served = new List<(string Function, bool Tls)>();
        foreach (var (name, function) in new[] { (Gallery, "Gallery"), (Ledger, "Ledger") })
        {
            functions[name] = new JsonObject { ["path"] = await HookedFunctions.FolderAsync(function, HookMode.Overlay) };
            functions[name]!["environment"] = new JsonObject { ["LEDGER_TABLE"] = "ledger" };
            foreach (var tls in new[] { false, true })
            {
                served.Add((name, tls));
                var route = new JsonObject
                {
                    ["listen"] = $"{(tls ? "https" : "http")}://127.0.0.{served.Count + 1}:0",
                    ["function"] = name,
                    ["protocols"] = "http2",
                };
                if (tls)
                {
                    route["certificate"] = Path.Combine(certificate, "certificate.pem");
                    route["certificateKey"] = Path.Combine(certificate, "key.pem");
                }

                routes.Add(route);
            }
        }

        var configuration = new JsonObject
        {
            ["listen"] = "http://127.0.0.1:0",
            ["functions"] = functions,
            ["routes"] = routes,
        };
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        s_backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>(), context.CancellationToken);
        using var watchdog = new CancellationTokenSource(s_watchdog);
        MatchCollection found;
        while ((found = Routes().Matches(s_backend.Output)).Count < served.Count)
        {
            await Task.Delay(20, watchdog.Token);
        }

        s_routes = served.Zip(found, static (route, line) => (route, new Uri(line.Groups[1].Value))).ToDictionary();
        s_body = Path.GetTempFileName();
        await File.WriteAllBytesAsync(s_body, s_health, context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_backend?.DisposeAsync() ?? default);
        s_authority?.Dispose();
        if (s_body.Length > 0)
        {
            File.Delete(s_body);
        }
    }

    // Bytes of each answer: "gallery"; and a frame of gRPC with the status SERVING, of 2 bytes.
    [TestMethod]
    [DataRow(Gallery, false, "/", 7)]
    [DataRow(Gallery, true, "/", 7)]
    [DataRow(Ledger, false, "/grpc.health.v1.Health/Check", 7)]
    [DataRow(Ledger, true, "/grpc.health.v1.Health/Check", 7)]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task H2Load_With100StreamsAConnection_SucceedsEachTimeInBoundedMemory(string function, bool tls, string path, int bytes)
    {
        if (s_backend is null)
        {
            Assert.Inconclusive("h2load is not installed (Debian package nghttp2-client).");
            return;
        }

        var address = new Uri(s_routes[(function, tls)], path);
        await LoadAsync(address, function, Warmup);
        var before = Memory();
        var report = await LoadAsync(address, function, Requests);

        Assert.Contains(
            $"requests: {Requests} total, {Requests} started, {Requests} done, {Requests} succeeded, 0 failed, 0 errored, 0 timeout",
            report
        );
        Assert.Contains($"status codes: {Requests} 2xx, 0 3xx, 0 4xx, 0 5xx", report);
        Assert.Contains(tls ? "Application protocol: h2\n" : "Application protocol: h2c\n", report);
        // A call that fails is a status 200 too, but has no message.
        Assert.AreEqual(Requests * bytes, int.Parse(Data().Match(report).Groups[1].Value, CultureInfo.InvariantCulture), report);
        var after = Memory();
        TestContext.WriteLine($"The node's resident memory: {before >> 20} MB before, {after >> 20} MB after.");
        Assert.IsLessThan(before + MostGrowth, after, report);
    }

    private static bool IsInstalled() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static folder => File.Exists(Path.Combine(folder, "h2load")));

    /// <summary>Of the node's process, resident.</summary>
    private static long Memory()
    {
        using var process = Process.GetProcessById(s_backend!.ProcessId);
        return process.WorkingSet64;
    }

    private async Task<string> LoadAsync(Uri address, string function, int requests)
    {
        string[] call = function == Ledger ? ["-d", s_body, "-H", "content-type: application/grpc", "-H", "te: trailers"] : [];
        var start = new ProcessStartInfo("h2load", ["-n", $"{requests}", "-c", "2", "-m", "100", .. call, $"{address}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var load = Process.Start(start)!;
        var errors = load.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        watchdog.CancelAfter(s_watchdog);
        try
        {
            var report = await load.StandardOutput.ReadToEndAsync(watchdog.Token);
            await load.WaitForExitAsync(watchdog.Token);
            Assert.AreEqual(0, load.ExitCode, report + await errors);
            TestContext.WriteLine(report);
            return report;
        }
        finally
        {
            if (!load.HasExited)
            {
                load.Kill();
            }
        }
    }

    [GeneratedRegex(@"routes at (https?://\S+:[1-9]\d*)\r?\n")]
    private static partial Regex Routes();

    [GeneratedRegex(@"\((\d+)\) data")]
    private static partial Regex Data();
}
