using Nexus.Backend.Executors.Grpc;
using Nexus.Diagnostics;

namespace Nexus.Guest.Grpc.Tests;

[TestClass]
public sealed class UpstreamTests
{
    [TestMethod]
    [DataRow("*", "http://any.example:1234")]
    [DataRow("api.example", "https://api.example")]
    [DataRow("API.example", "http://api.example:81")]
    [DataRow("api.example:81", "http://api.example:81")]
    [DataRow("https://api.example:443", "https://api.example")]
    [DataRow("*.example", "http://deep.api.example")]
    public void Upstream_OnTheList_IsAllowed(string entry, string target) => GrpcUpstreams.Check([entry], new Uri(target));

    [TestMethod]
    [DataRow("", "http://api.example")]
    [DataRow("api.example:82", "http://api.example:81")]
    [DataRow("https://api.example", "http://api.example")]
    [DataRow("*.example", "http://example")]
    [DataRow("*.example", "http://evilexample")]
    [DataRow("api.example", "http://api.example.evil")]
    public void Upstream_NotOnTheList_IsRefused(string entry, string target) =>
        Assert.AreEqual(
            "NEXUS0700",
            Assert.ThrowsExactly<NexusException>(() => GrpcUpstreams.Check([entry], new Uri(target))).Diagnostic.Id
        );

    [TestMethod]
    [DataRow("http://169.254.169.254")]
    [DataRow("http://[fe80::1]")]
    [DataRow("http://[::ffff:169.254.1.1]:80")]
    public void Upstream_LinkLocal_IsRefusedThoughAllowed(string target) =>
        Assert.AreEqual("NEXUS0701", Assert.ThrowsExactly<NexusException>(() => GrpcUpstreams.Check(["*"], new Uri(target))).Diagnostic.Id);

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
    [Timeout(60_000)]
    public async Task Call_WithAnotherHostName_ReachesTheServerThatWasJudged()
    {
        await using var pair = new GrpcPair();
        var headers = new Metadata { { "host", "other.example" } };
        var reply = await pair.Client().SingleAsync(new TrialRequest { Behaviour = "authority" }, headers);
        Assert.StartsWith(TrialServer.Address.Authority, reply.Text);
    }
}
