namespace Nexus.Guest.Grpc.Tests;

/// <summary>The same code with the library's own client and through the channel: what it sees must be the same.</summary>
[TestClass]
public sealed class SameOutcomeTests
{
    private const string WithoutTrailers = "Can't get the call trailers because the call has not completed successfully.";

    public static IEnumerable<object[]> Names => Scenarios.All.Keys.Select(static name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    [Timeout(60_000)]
    public Task Scenario_ThroughTheChannel_LooksTheSame(string name) => CompareAsync(name, throwsCanceled: false);

    [TestMethod]
    [DynamicData(nameof(Names))]
    [Timeout(60_000)]
    public Task Scenario_ThatThrowsOperationCanceled_LooksTheSame(string name) => CompareAsync(name, throwsCanceled: true);

    private static async Task CompareAsync(string name, bool throwsCanceled)
    {
        using var channel = GrpcChannel.ForAddress(TrialServer.Address, Options(throwsCanceled));
        var direct = await Outcome.OfAsync(seen => Scenarios.All[name](new Trial.TrialClient(channel), seen));
        await using var pair = new GrpcPair();
        var through = await Outcome.OfAsync(seen => Scenarios.All[name](pair.Client(options: Options(throwsCanceled)), seen));
        Assert.AreEqual(Settled(name, direct), Settled(name, through));
        Assert.IsNotEmpty(direct);
        Assert.IsEmpty(pair.Faults);
    }

    /// <summary>What depends on the moment, in direct calls as well: the kind of a cancellation, and whether the server or the client is the first to keep a deadline.</summary>
    private static string Settled(string name, string seen)
    {
        seen = seen.Replace(nameof(TaskCanceledException), nameof(OperationCanceledException), StringComparison.Ordinal);
        return name is "deadline" or "deadline of a stream"
            ? seen.Replace("Deadline Exceeded", "", StringComparison.Ordinal).Replace(WithoutTrailers, "", StringComparison.Ordinal)
            : seen;
    }

    private static GrpcChannelOptions Options(bool throwsCanceled) => new() { ThrowOperationCanceledOnCancellation = throwsCanceled };
}
