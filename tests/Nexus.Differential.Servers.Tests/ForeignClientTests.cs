using System.Diagnostics;
using System.Text;
using Nexus.Differential.Servers.Tests.Worlds;
using Nexus.TestKit;

namespace Nexus.Differential.Servers.Tests;

/// <summary>Clients of other implementations see no difference either: curl, and the gRPC of Node.js.</summary>
[TestClass]
public sealed class ForeignClientTests
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromMinutes(2);

    [TestMethod]
    [DataRow("-i", "/headers", false)]
    [DataRow("-i", "/headers", true)]
    [DataRow("-I", "/headers", false)]
    [DataRow("-i", "/throw", true)]
    [DataRow("-i", "/throw-late", false)]
    [DataRow("-i", "/events/3", true)]
    [DataRow("-i", "/short", false)]
    [DataRow("-i", "/status/204", true)]
    [DataRow("-i --http1.0", "/headers", false)]
    [DataRow("-i -X OPTIONS --request-target *", "/", false)]
    [DataRow("-i -X POST --data-binary @- -H Expect:", "/digest", false)]
    [DataRow("-i -X POST --data-binary @- -H Transfer-Encoding:chunked", "/digest", false)]
    [DataRow("-i -X POST --data-binary @-", "/echo", true)]
    public Task Curl_OnBothServers_PrintsTheSame(string switches, string target, bool http2) =>
        BothWorlds.CompareAsync(async world =>
        {
            var address = new Uri(world.AddressOf(ServedApp.Gallery, http2), target);
            var (code, output) = await RunAsync(
                "curl",
                ["-sS", "--max-time", "30", http2 ? "--http2-prior-knowledge" : "--http1.1", .. switches.Split(' '), $"{address}"],
                new string('x', 200_000)
            );
            return $"{code}\n{WithoutDate(output)}";
        });

    [TestMethod]
    public Task GrpcOfNodeJs_OnBothServers_SeesTheSame() =>
        BothWorlds.CompareAsync(async world =>
        {
            var address = world.AddressOf(ServedApp.Ledger, http2: true);
            var (code, output) = await RunAsync(
                "node",
                [
                    Path.Combine(AppContext.BaseDirectory, "ledger-client.mjs"),
                    RepositoryRoot.Combine("eng", "emulators", "node_modules"),
                    RepositoryRoot.Combine("test-functions", "Ledger", "Protos", "ledger.proto"),
                    address.Authority,
                ],
                ""
            );
            Assert.AreEqual(0, code, output);
            Assert.IsTrue(output.Contains("Reconcile", StringComparison.Ordinal), output);
            return output;
        });

    private static string WithoutDate(string output) =>
        string.Join(
            '\n',
            output
                .Split('\n')
                .Select(static line => line.TrimEnd('\r'))
                .Where(static line => !line.StartsWith("date:", StringComparison.OrdinalIgnoreCase))
        );

    private static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It needed no input and has ended already.
        }

        using var watchdog = new CancellationTokenSource(s_watchdog);
        await process.WaitForExitAsync(watchdog.Token);
        return (process.ExitCode, await output + Ports(await errors));
    }

    private static string Ports(string errors) =>
        System.Text.RegularExpressions.Regex.Replace(errors, @"127\.0\.0\.\d+(:| port )\d+|in \d+ ms", "HOST");
}
