using System.Diagnostics;
using Nexus.Backend.Ingress;
using Nexus.Backend.Node;
using Nexus.TestKit.Emulators;

namespace Nexus.Backend.Tests.Ingress;

/// <summary>A client of another make calls a Lambda handler through API Gateway's two formats, over HTTP/1.1, and over TLS with HTTP/2.</summary>
[TestClass]
public sealed class ApiGatewayCurlTests
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromMinutes(1);
    private static TestAuthority? s_authority;
    private static NexusNode? s_node;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        Requirements.Check();
        s_authority = new TestAuthority("Trusted for the test");
        var files = s_authority.Certify("localhost");
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            Functions = [await TestNode.FunctionAsync("hook", "WebHook")],
            Quiet = true,
            DrainSeconds = 5,
            Routes =
            [
                // Addresses of their own, for routes with the same one would be one listener's.
                .. new[] { (Payload: "http-v2", Address: "127.0.0.1"), (Payload: "rest-v1", Address: "127.0.0.2") }.SelectMany(way =>
                    new[]
                    {
                        Route($"http://{way.Address}:0", way.Payload),
                        Route($"https://{way.Address}:0", way.Payload) with
                        {
                            Certificate = Path.Combine(files, "certificate.pem"),
                            CertificateKey = Path.Combine(files, "key.pem"),
                        },
                    }
                ),
            ],
        };
        s_node = await NexusNode.StartAsync(options, context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_node?.DisposeAsync() ?? default);
        s_authority?.Dispose();
    }

    public static IEnumerable<object[]> Calls =>
        Enumerable
            .Range(0, 4)
            .SelectMany(
                static _ =>
                    new (string Switches, string Target, string[] Expected)[]
                    {
                        ("", "/orders/7?a=1&b=2", ["201", "x-method: GET", "/orders/7 a=1&b=2 nothing"]),
                        ("-X PUT -d text -H Content-Type:text/plain", "/orders", ["201", "x-method: PUT", "/orders  4 of text"]),
                        ("-I", "/orders", ["201", "x-method: HEAD"]),
                        ("", "/cookies", ["200", "set-cookie: a=1", "set-cookie: b=2"]),
                        ("", "/binary", ["200", "content-type: application/octet-stream"]),
                        ("", "/throw", ["50"]),
                    },
                static (listener, call) => new object[] { listener, call.Switches, call.Target, call.Expected }
            );

    [TestMethod]
    [DynamicData(nameof(Calls))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Curl_ToAHandler_PrintsItsAnswer(int listener, string switches, string target, string[] expected)
    {
        var address = new Uri(s_node!.IngressAddresses[listener]);
        var isTls = address.Scheme == Uri.UriSchemeHttps;
        string[] trust = isTls
            ? ["--http2", "--cacert", s_authority!.CertificateFile, "--resolve", $"localhost:{address.Port}:{address.Host}"]
            : ["--http1.1"];
        var output = await CurlAsync([
            "-sS",
            "-i",
            "--max-time",
            "30",
            .. trust,
            .. switches.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            $"{address.Scheme}://{(isTls ? "localhost" : address.Host)}:{address.Port}{target}",
        ]);

        var status = output.Split('\n')[0];
        Assert.StartsWith($"{(isTls ? "HTTP/2" : "HTTP/1.1")} {expected[0]}", status);
        foreach (var part in expected.Skip(1))
        {
            Assert.Contains(part, output, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain("not for the caller's eyes", output);
    }

    private static IngressRoute Route(string listen, string payload) =>
        new()
        {
            Listen = listen,
            Function = "hook",
            Payload = payload,
        };

    private static async Task<string> CurlAsync(string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(
                new ProcessStartInfo("curl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive("needs curl");
            return "";
        }

        using (process)
        {
            using var watchdog = new CancellationTokenSource(s_watchdog);
            var errors = process.StandardError.ReadToEndAsync(watchdog.Token);
            var output = await process.StandardOutput.ReadToEndAsync(watchdog.Token);
            await process.WaitForExitAsync(watchdog.Token);
            Assert.AreEqual(0, process.ExitCode, await errors);
            return output;
        }
    }
}
