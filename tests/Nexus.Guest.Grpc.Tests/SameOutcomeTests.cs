namespace Nexus.Guest.Grpc.Tests;

/// <summary>The same code with the library's own client and through the channel: what it sees must be the same.</summary>
[TestClass]
public sealed class SameOutcomeTests
{
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
        Assert.AreEqual(Cancelled(direct), Cancelled(through));
        Assert.IsNotEmpty(direct);
        Assert.IsEmpty(pair.Faults);
    }

    /// <summary>
    /// Which of the two a direct call ends with depends on the moment at which it is cancelled, and whose word for a deadline it has on who was first: server or client.
    /// </summary>
    private static string Cancelled(string seen) =>
        seen.Replace(nameof(TaskCanceledException), nameof(OperationCanceledException), StringComparison.Ordinal)
            .Replace("Deadline Exceeded", "", StringComparison.Ordinal);

    private static GrpcChannelOptions Options(bool throwsCanceled) => new() { ThrowOperationCanceledOnCancellation = throwsCanceled };
}
