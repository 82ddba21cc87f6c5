using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nexus.TestKit;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Servers.Tests;

/// <summary>
/// Programs and handlers that bring an older runtime along, published self-contained: a server that also calls by HttpClient and gRPC, beside the same program started
/// directly, and a handler. One node serves them all.
/// </summary>
[TestClass]
public sealed partial class OlderRuntimeTests
{
    private static readonly string[] s_paths = ["/runtime", "/turned", "/rest", "/grpc"];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Functions_WithARuntimeOfTheirOwn_RunOnIt()
    {
        using var rest = StartRest(out var restAddress);
        await using var trials = await TrialServers.StartAsync(TestContext.CancellationToken);
        var variables = new Dictionary<string, string> { ["REST_URL"] = restAddress, ["TRIALS_URL"] = trials.Trials.ToString() };
        var runtimes = new[] { 8, 9 };
        var published = new Dictionary<int, PublishedFunction>();
        foreach (var runtime in runtimes)
        {
            published[runtime] = await PublishedFunctions.GetWithRuntimeAsync("Ages", runtime);
        }

        var handler = await PublishedFunctions.GetWithRuntimeAsync("RemoteCalls", 8);
        await using var backend = await ServeAsync(published, handler, variables);
        var routes = Routes().Matches(backend.Output).Select(static line => new Uri(line.Groups[1].Value)).ToArray();
        for (var i = 0; i < runtimes.Length; i++)
        {
            var direct = await DirectAsync(published[runtimes[i]], variables);
            var through = await AskAsync(routes[i]);

            Assert.AreEqual(direct, through);
            Assert.StartsWith($"{runtimes[i]}\n", through);
            Assert.Contains("unary ✓, turn 0, turn 1, turn 2, NotFound as asked", through);
            Assert.Contains("got GET 200 got POST posted", through);
        }

        await using var runner = new NexusRunner(backend, "handler");
        var request = """{"scenario":"unary","client":"plain","server":"TRIALS_URL"}"""u8.ToArray();
        var outcome = await runner.InvokeAsync(request, TestContext.CancellationToken);
        Assert.IsNull(outcome.FunctionError, Encoding.UTF8.GetString(outcome.Payload));
        Assert.Contains("hello", Encoding.UTF8.GetString(outcome.Payload));
    }

    private static async Task<NexusBackend> ServeAsync(
        Dictionary<int, PublishedFunction> published,
        PublishedFunction handler,
        Dictionary<string, string> variables
    )
    {
        var functions = new JsonObject { ["handler"] = Function(handler, variables) };
        functions["handler"]!["handler"] = handler.Handler;
        var routes = new JsonArray();
        foreach (var (runtime, function) in published)
        {
            functions[$"ages{runtime}"] = Function(function, variables);
            routes.Add(
                new JsonObject
                {
                    ["listen"] = $"http://127.0.0.{runtime}:0",
                    ["function"] = $"ages{runtime}",
                    ["protocols"] = "http1",
                }
            );
        }

        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var configuration = new JsonObject
        {
            ["listen"] = "http://127.0.0.1:0",
            ["functions"] = functions,
            ["routes"] = routes,
        };
        var backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>());
        for (var waited = 0; Routes().Count(backend.Output) < published.Count; waited++)
        {
            Assert.IsLessThan(600, waited, backend.Output);
            await Task.Delay(50);
        }

        return backend;
    }

    private static JsonObject Function(PublishedFunction function, Dictionary<string, string> variables) =>
        new()
        {
            ["path"] = function.Folder,
            ["precompile"] = false,
            ["timeout"] = 60,
            ["allowedUpstreams"] = new JsonArray([.. variables.Values.Select(static address => (JsonNode)address)]),
            ["environment"] = new JsonObject(variables.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };

    private static async Task<string> DirectAsync(PublishedFunction function, Dictionary<string, string> variables)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(Path.Combine(function.Folder, function.Assembly))
        {
            RedirectStandardOutput = true,
            WorkingDirectory = function.Folder,
        };
        foreach (var (name, value) in variables.Append(new("ASPNETCORE_URLS", address.ToString())))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            while (
                await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Application started", StringComparison.Ordinal)
            ) { }

            return await AskAsync(address);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task<string> AskAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        var seen = new StringBuilder();
        foreach (var path in s_paths)
        {
            using var answer = path == "/turned" ? await client.PostAsync(path, new StringContent("abc")) : await client.GetAsync(path);
            seen.Append(await answer.Content.ReadAsStringAsync()).Append('\n');
        }

        return seen.ToString();
    }

    /// <summary>Says what it got.</summary>
    private static HttpListener StartRest(out string address)
    {
        address = $"http://127.0.0.1:{FreePort()}/";
        var listener = new HttpListener { Prefixes = { address } };
        listener.Start();
        _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    using var body = new StreamReader(context.Request.InputStream);
                    var text = $"got {context.Request.HttpMethod} {await body.ReadToEndAsync()}".Trim();
                    context.Response.Close(Encoding.UTF8.GetBytes(text), willBlock: false);
                }
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        });
        return listener;
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"routes at (http://\S+:[1-9]\d*)\r?\n")]
    private static partial Regex Routes();
}
