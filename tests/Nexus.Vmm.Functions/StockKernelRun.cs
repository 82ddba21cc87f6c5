using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Nexus.Backend.Functions;
using Nexus.Backend.Instances;
using Nexus.Backend.Node;
using Nexus.Backend.Sandbox;
using Nexus.Rewriter;

namespace Nexus.Vmm.Functions;

/// <summary>A function behind a node, in machines of an unmodified kernel: boot, snapshot, clones, an AWS call through the channel, and the next backend.</summary>
internal sealed class StockKernelRun : IDisposable
{
    private const string Key = "AKIDSTOCKKERNEL";
    private const string Name = "probe";

    // By the guest's own answer between two readings of this host's clock; a clone that was not told the time would be seconds late.
    private const long MostClockErrorMilliseconds = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentQueue<string> _stages = new();
    private readonly HashSet<string> _seen = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("nexus-stock-").FullName;
    private readonly TableStub _table = new();
    private readonly NodeOptions _options;

    private StockKernelRun(string kernel, string programs, PreparedFunction function)
    {
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_DYNAMODB", _table.Address);
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", Key);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "of-no-use-elsewhere");
        _options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            LogLevel = "warning",
            DrainSeconds = 5,
            Machines = new VirtualMachineOptions
            {
                Kernel = kernel,
                Programs = programs,
                Images = Path.Combine(_folder, "images"),
                Snapshots = Path.Combine(_folder, "snapshots"),
                SnapshotKey = Path.Combine(_folder, "key"),
                Stages = (_, stage, _) => _stages.Enqueue(stage),
            },
            Functions =
            [
                new FunctionDefinition
                {
                    Name = Name,
                    AppFolder = function.Folder,
                    Command = function.CommandLine,
                    Handler = "Probe::Probe.Function::FunctionHandler",
                    Region = "us-east-1",
                    Timeout = s_patience,
                    InitPhase = s_patience,
                    MemoryMb = 256,
                    MaxInstances = 1,
                    Sandbox = "vm",
                    Environment = new Dictionary<string, string> { ["PROBE_IDENTITY"] = "yes" },
                },
            ],
        };
    }

    /// <summary>The exit code: 0 if everything held.</summary>
    public static async Task<int> RunAsync(string kernel, string programs, PreparedFunction function)
    {
        using var run = new StockKernelRun(kernel, programs, function);
        try
        {
            await run.RunAsync();
            run.Say("passed");
            return 0;
        }
        catch (Exception failure)
        {
            run.Say($"FAILED: {failure}\n  stages: {string.Join(' ', run._stages)}");
            return 1;
        }
    }

    public void Dispose() => _table.Dispose();

    private async Task RunAsync()
    {
        string made;
        await using (var node = await NexusNode.StartAsync(_options, CancellationToken.None))
        {
            made = await IdentityAsync(node, "booted, suspended and cloned");
            Expect(_stages.Count(static stage => stage == "init") == 1, "one machine was booted");

            var answer = await InvokeAsync(node, "table", "items");
            Expect(answer.GetProperty("text").GetString() == "OK", $"the table answered {answer}");
            Expect(
                _table.Asked is [var asked]
                    && asked.Contains("DynamoDB_20120810.GetItem AWS4-HMAC-SHA256 Credential=" + Key, StringComparison.Ordinal),
                $"the backend signed one call: {string.Join('|', _table.Asked)}"
            );
            Say("an AWS call went through the channel");

            await EndAsync(node);
            await Task.Delay(2000);
            Expect(await IdentityAsync(node, "a second clone") == made, "it is a clone of the same machine");
            await WaitAsync(() =>
                Directory.Exists(_options.Machines.Snapshots) && Directory.GetFiles(_options.Machines.Snapshots, "*.snapshot").Length == 1
            );
        }

        await using (var node = await NexusNode.StartAsync(_options, CancellationToken.None))
        {
            Expect(await IdentityAsync(node, "a clone of the next backend, from the file") == made, "it is a clone of the same machine");
            Expect(_stages.Count(static stage => stage == "init") == 1, "nothing was booted again");

            var failure = await CallAsync(node, "nativeMemory", "", 1000);
            var type = failure.FunctionError is null
                ? "none"
                : JsonDocument.Parse(failure.Payload).RootElement.GetProperty("errorType").GetString();
            Expect(type == "Runtime.OutOfMemory", $"memory that is used up is reported as such, not as {type}");
            Say("used its memory up, and said so");
        }
    }

    /// <summary>What the machine was when it was made; its clock, and whether its random numbers were seen before, are checked.</summary>
    private async Task<string> IdentityAsync(NexusNode node, string what)
    {
        // The first answer tells nothing about the clock: the start of the machine is in it.
        var first = await InvokeAsync(node, "identity", "");
        Say(what);
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var second = await InvokeAsync(node, "identity", "");
        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (var answer in new[] { first, second })
        {
            Expect(_seen.Add(NameOf(answer, 0)) && _seen.Add(NameOf(answer, 1)), "random numbers never come twice");
        }

        var clock = long.Parse(NameOf(second, 2), CultureInfo.InvariantCulture);
        Say($"  its clock is within {before - clock} and {after - clock} ms of ours");
        Expect(
            clock >= before - MostClockErrorMilliseconds && clock <= after + MostClockErrorMilliseconds,
            $"the clock {clock} lies between {before} and {after}"
        );
        return first.GetProperty("text").GetString()!;
    }

    private static async Task EndAsync(NexusNode node)
    {
        node.Functions[Name].Instances.Single().Process.Kill();
        await WaitAsync(() => node.Functions[Name].Instances.Count == 0);
    }

    private static async Task<JsonElement> InvokeAsync(NexusNode node, string kind, string text)
    {
        var result = await CallAsync(node, kind, text, 0);
        Expect(result.FunctionError is null, Encoding.UTF8.GetString(result.Payload.Span));
        return JsonDocument.Parse(result.Payload).RootElement;
    }

    private static async Task<InvocationResult> CallAsync(NexusNode node, string kind, string text, int amount)
    {
        var pool = node.Functions[Name];
        var invocation = new Invocation
        {
            RequestId = Guid.NewGuid().ToString(),
            Payload = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    kind,
                    text,
                    amount,
                }
            ),
            FunctionArn = pool.Function.Arn,
        };
        return await pool.InvokeAsync(invocation) ?? throw new InvalidOperationException("throttled");
    }

    private static string NameOf(JsonElement answer, int index) => answer.GetProperty("names")[index].GetString()!;

    private static async Task WaitAsync(Func<bool> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Expect(watch.Elapsed < s_patience, "what was waited for did not come");
            await Task.Delay(50);
        }
    }

    private static void Expect(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new InvalidOperationException(sentence);
        }
    }

    private void Say(string text) => Console.WriteLine($"functions: {_watch.Elapsed.TotalSeconds, 6:0.0} s  {text}");
}
