namespace Nexus.Guest.Grpc.Tests;

[TestClass]
public sealed class UpstreamTests
{
    [TestMethod]
    [DataRow("", "http://api.example", "NEXUS0700")]
    [DataRow("api.example", "http://api.example:81", "NEXUS0700")]
    [DataRow("*", "http://169.254.169.254", "NEXUS0701")]
    [DataRow("*", "http://[::ffff:169.254.1.1]:80", "NEXUS0701")]
    [DataRow("*", "http://localhost:1", "NEXUS0704")]
    [Timeout(60_000)]
    public async Task Call_ToAPlaceThatIsNotForTheFunction_IsRefusedInGrpcsWords(string entry, string target, string id)
    {
        await using var pair = new GrpcPair(allowed: entry.Length == 0 ? [] : [entry]);
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await pair.Client(new Uri(target)).SingleAsync(new TrialRequest())
        );
        Assert.AreEqual(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains(id, failure.Status.Detail);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Call_ToAServerThatIsNotAllowed_FailsAsUnavailableWithTheId()
    {
        await using var pair = new GrpcPair(allowed: ["other.example"]);
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () => await pair.Client().SingleAsync(new TrialRequest()));
        Assert.AreEqual(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("NEXUS0700", failure.Status.Detail);
        Assert.IsEmpty(pair.Faults);
    }

    [TestMethod]
    [DataRow("a\nb")]
    [DataRow("a\rb")]
    [DataRow("a\0b")]
    [DataRow("a\u007fb")]
    [Timeout(60_000)]
    public async Task Call_WithControlCharactersInItsMetadata_IsRefusedAndSpoilsNobodysConnection(string value)
    {
        await using var pair = new GrpcPair();
        var client = pair.Client();
        using var other = client.Converse();
        await other.RequestStream.WriteAsync(new TrialRequest { Behaviour = "echo", Text = "first" });
        Assert.IsTrue(await other.ResponseStream.MoveNext());

        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await client.SingleAsync(new TrialRequest(), new Metadata { { "note", value } })
        );
        Assert.AreEqual(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("NEXUS0705", failure.Status.Detail);

        await other.RequestStream.WriteAsync(new TrialRequest { Behaviour = "echo", Text = "second" });
        Assert.IsTrue(await other.ResponseStream.MoveNext());
        Assert.IsEmpty(pair.Faults);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_BeyondWhatIsAllowedAtOnce_WaitForTheirTurn()
    {
        await using var pair = new GrpcPair(atOnce: 1);
        var client = pair.Client();
        using var holding = client.Converse();
        await holding.RequestStream.WriteAsync(new TrialRequest { Behaviour = "echo", Text = "first" });
        Assert.IsTrue(await holding.ResponseStream.MoveNext());
        using var source = new CancellationTokenSource();
        var cancelled = client.SingleAsync(new TrialRequest(), cancellationToken: source.Token).ResponseAsync;
        var waiting = client.SingleAsync(new TrialRequest { Text = "second" }).ResponseAsync;
        await source.CancelAsync();
        Assert.AreEqual(StatusCode.Cancelled, (await Assert.ThrowsExactlyAsync<RpcException>(() => cancelled)).StatusCode);
        await Task.Delay(200);
        Assert.IsFalse(waiting.IsCompleted);
        await holding.RequestStream.CompleteAsync();
        Assert.IsFalse(await holding.ResponseStream.MoveNext());
        Assert.AreEqual("second", (await waiting).Text);
        Assert.IsEmpty(pair.Faults);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Call_WithAnotherHostName_ReachesTheServerThatWasJudged()
    {
        await using var pair = new GrpcPair();
        var headers = new Metadata { { "host", "other.example" } };
        var reply = await pair.Client().SingleAsync(new TrialRequest { Behaviour = "authority" }, headers);
        Assert.StartsWith(TrialServer.Address.Authority, reply.Text);
    }
}
