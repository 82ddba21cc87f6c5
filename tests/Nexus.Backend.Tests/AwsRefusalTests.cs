using Nexus.TestKit.Functions;

namespace Nexus.Backend.Tests;

/// <summary>Calls that never reach a service: the function sees the exception types of a direct run, and the reason inside.</summary>
[TestClass]
public sealed class AwsRefusalTests
{
    [TestMethod]
    public async Task Endpoint_Unreachable_FailsAsADirectCallWould()
    {
        var node = await Shared.NodeAsync();
        const string nowhere = "http://127.0.0.1:1";

        // Both wait between their attempts, so they do it at the same time.
        var direct = DirectFailureAsync("endpoint", nowhere, Shared.Emulators.CallerVariables);
        var failures = (await node.ProbeAsync("probe-allowed", "endpoint", nowhere)).Failures;

        Assert.AreEqual(await direct, TypeOf(failures[0]));
        AssertNames("NEXUS0", failures);
    }

    [TestMethod]
    public async Task Endpoint_NotAllowed_IsRefusedAndExplained()
    {
        var node = await Shared.NodeAsync();

        var failures = (await node.ProbeAsync("probe", "endpoint", "http://127.0.0.1:1")).Failures;

        Assert.AreEqual("Amazon.Runtime.AmazonClientException", TypeOf(failures[0]));
        AssertNames("NEXUS0", failures);
        Assert.Contains("127.0.0.1:1", string.Join('\n', failures));
    }

    [TestMethod]
    public async Task Keys_InCode_AreRefusedUnlessAllowed()
    {
        var node = await Shared.NodeAsync();

        var refused = (await node.ProbeAsync("probe", "keys")).Failures;
        var allowed = await node.ProbeAsync("probe-allowed", "keys");

        Assert.AreEqual("Amazon.Runtime.AmazonClientException", TypeOf(refused[0]));
        AssertNames("NEXUS0440", refused);
        Assert.AreEqual("OK", allowed.Json.GetProperty("text").GetString(), allowed.Text);
    }

    [TestMethod]
    public async Task Credentials_Missing_AreExplained()
    {
        var node = await Shared.NodeAsync();

        var failures = (await node.ProbeAsync("probe-profile", "table", "items")).Failures;

        Assert.AreEqual("Amazon.Runtime.AmazonClientException", TypeOf(failures[0]));
        AssertNames("NEXUS0", failures);
        Assert.Contains("no-such-profile", string.Join('\n', failures));
    }

    [TestMethod]
    public async Task Region_Missing_FailsAsADirectCallWould()
    {
        var node = await Shared.NodeAsync();
        var variables = new Dictionary<string, string>(Shared.Emulators.CallerVariables)
        {
            ["AWS_REGION"] = "",
            ["AWS_DEFAULT_REGION"] = "",
            ["AWS_ENDPOINT_URL_DYNAMODB"] = "",
        };

        var failures = (await node.ProbeAsync("probe-nowhere", "table", "items")).Failures;

        Assert.AreEqual(await DirectFailureAsync("table", "items", variables), TypeOf(failures[0]));
    }

    [TestMethod]
    public async Task Service_Refuses_LooksLikeADirectCall()
    {
        var node = await Shared.NodeAsync();

        var failures = (await node.ProbeAsync("probe", "table", "no-such-table")).Failures;

        Assert.AreEqual("Amazon.DynamoDBv2.Model.ResourceNotFoundException", TypeOf(failures[0]), string.Join("\n", failures));
    }

    private static async Task<string> DirectFailureAsync(string kind, string text, IReadOnlyDictionary<string, string> variables)
    {
        await using var direct = await DirectRunner.StartAsync(await PublishedFunctions.GetAsync("Probe"), variables);
        var outcome = await direct.InvokeAsync(System.Text.Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","text":"{{text}}"}"""));
        using var answer = System.Text.Json.JsonDocument.Parse(outcome.Payload);
        return TypeOf(answer.RootElement.GetProperty("failures")[0].GetString()!);
    }

    private static string TypeOf(string failure) => failure.Split(':')[0];

    private static void AssertNames(string id, IReadOnlyList<string> failures) =>
        Assert.IsTrue(failures.Skip(1).Any(failure => failure.Contains(id, StringComparison.Ordinal)), string.Join('\n', failures));
}
