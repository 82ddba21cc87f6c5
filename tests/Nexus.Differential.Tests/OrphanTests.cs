using System.Text;
using System.Text.Json.Nodes;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>A program of its own, polling for work, whose backend is gone for good: nobody else would ever end it.</summary>
[TestClass]
public sealed class OrphanTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Executable_WhoseBackendIsKilled_EndsItself()
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var polling = await PublishedFunctions.GetAsync("PollingLoop");
        var configuration = new JsonObject
        {
            ["listen"] = "http://127.0.0.1:0",
            ["functions"] = new JsonObject
            {
                ["polling"] = new JsonObject { ["path"] = polling.Folder, ["timeout"] = 30 },
            },
        };
        string guest;
        await using (
            var backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>(), TestContext.CancellationToken)
        )
        {
            using var payload = new StringContent("""{"operation":"echo","text":"one"}""", Encoding.UTF8);
            using var answer = await backend.Client.PostAsync(
                new Uri("2015-03-31/functions/polling/invocations", UriKind.Relative),
                payload,
                TestContext.CancellationToken
            );
            answer.EnsureSuccessStatusCode();
            var status = JsonNode.Parse(await backend.Client.GetStringAsync("nexus/functions", TestContext.CancellationToken))!;
            guest = $"/proc/{status["functions"]![0]!["instances"]![0]!["process"]!.GetValue<int>()}";
            Assert.IsTrue(Directory.Exists(guest));
        }

        // It gives a new backend 30 to 40 seconds to take it over.
        for (var second = 0; second < 90 && Directory.Exists(guest); second++)
        {
            await Task.Delay(1000, TestContext.CancellationToken);
        }

        Assert.IsFalse(Directory.Exists(guest), $"{guest} waits for a backend that is gone");
    }
}
