using System.Text;
using System.Text.Json.Nodes;
using Nexus.TestKit;
using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>Functions of the AWS SDK that bring an older runtime along, published self-contained: a handler in a class library, and a program.</summary>
[TestClass]
public sealed class OlderRuntimeTests
{
    private static readonly int[] s_runtimes = [8, 9];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Handler_WithARuntimeOfItsOwn_CallsTheServicesOnIt()
    {
        await using var emulators = await EmulatorSet.StartAsync(TestContext.CancellationToken);
        using var data = new EmulatorData(emulators);
        await data.CreateTableAsync("visits", "name");
        await data.CreateBucketAsync("greetings");
        await data.CreateQueueAsync("announcements");
        var functions = new JsonObject();
        foreach (var runtime in s_runtimes)
        {
            var function = await PublishedFunctions.GetWithRuntimeAsync("HelloAll", runtime);
            functions[$"hello{runtime}"] = new JsonObject
            {
                ["path"] = function.Folder,
                ["handler"] = function.Handler,
                ["precompile"] = false,
                ["timeout"] = 60,
            };
        }

        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        await using var backend = await NexusBackend.StartAsync(
            cli,
            configuration,
            emulators.CallerVariables,
            TestContext.CancellationToken
        );
        var visits = 0;
        foreach (var runtime in s_runtimes)
        {
            await using var runner = new NexusRunner(backend, $"hello{runtime}");
            var outcome = await runner.InvokeAsync("""{"name":"Ada"}"""u8.ToArray(), TestContext.CancellationToken);
            var payload = Encoding.UTF8.GetString(outcome.Payload);

            Assert.IsNull(outcome.FunctionError, payload);
            var answer = JsonNode.Parse(payload)!;
            var text = $"Hello Ada, this is visit {++visits}.";
            Assert.AreEqual(text, (string?)answer["text"]);
            Assert.AreEqual(text.Length, (int?)answer["bytes"]);
            Assert.HasCount(32, (string?)answer["messageMd5"] ?? "");
            Assert.Contains($"Greeting Ada from .NET {runtime}\n", outcome.Log);
        }
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Program_WithARuntimeOfItsOwn_PrintsAndStoresAsInADirectRun()
    {
        await using var emulators = await EmulatorSet.StartAsync(TestContext.CancellationToken);
        using var data = new EmulatorData(emulators);
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        foreach (var runtime in s_runtimes)
        {
            var program = await PublishedFunctions.GetWithRuntimeAsync("StockReport", runtime);
            await ResetAsync(data);
            var main = Path.Combine(program.Folder, program.Assembly);
            var direct = await FinishedProcess.RunExecutableAsync(main, emulators.CallerVariables);
            var storedDirectly = await EmulatorSnapshot.TakeAsync(data);
            await ResetAsync(data);
            var nexus = await FinishedProcess.RunAsync(cli, emulators.CallerVariables, "run", program.Folder, "--precompile", "false");

            Assert.AreEqual(0, direct.ExitCode, direct.Error);
            Assert.StartsWith("0 items, 0 pieces: OK", direct.Output);
            Assert.EndsWith($"by .NET {runtime}\n", direct.Output);
            Assert.AreEqual(0, nexus.ExitCode, nexus.Error);
            Assert.AreEqual(direct.Output, nexus.Output);
            Assert.Contains("2 AWS calls offloaded", nexus.Error);
            Assert.AreEqual(storedDirectly, await EmulatorSnapshot.TakeAsync(data));
        }
    }

    private static async Task ResetAsync(EmulatorData data)
    {
        await data.ClearAsync();
        await data.CreateTableAsync("counters", "id");
        await data.CreateBucketAsync("documents");
    }
}
