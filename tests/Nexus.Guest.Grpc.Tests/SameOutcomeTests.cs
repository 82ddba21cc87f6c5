using System.Text;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>The same code with the library's own client and through the channel: what it sees must be the same.</summary>
[TestClass]
public sealed class SameOutcomeTests
{
    private static readonly Dictionary<string, Func<Trial.TrialClient, StringBuilder, Task>> Scenarios = new()
    {
        ["unary"] = Calls.UnaryAsync,
        ["blocking unary"] = Calls.BlockingAsync,
        ["empty message"] = Calls.EmptyAsync,
        ["status, details and trailers"] = Calls.FailureAsync,
        ["server exception"] = Calls.ServerThrowsAsync,
        ["unimplemented"] = Calls.MissingAsync,
        ["headers and trailers"] = Calls.HeadersAsync,
        ["state before the end"] = Calls.StateAsync,
        ["client streaming"] = Calls.CollectAsync,
        ["client streaming answered early"] = Calls.CollectEarlyAsync,
        ["server streaming"] = Calls.ExpandAsync,
        ["server streaming that fails"] = Calls.ExpandFailureAsync,
        ["duplex"] = Calls.ConverseAsync,
        ["half-close of nothing"] = Calls.NothingAsync,
        ["two reads at once"] = Calls.TwoReadsAsync,
        ["write after completion"] = Calls.WriteAfterCompleteAsync,
        ["deadline"] = Calls.DeadlineAsync,
        ["deadline in the past"] = Calls.PastDeadlineAsync,
        ["deadline of a stream"] = Calls.StreamDeadlineAsync,
        ["local deadline"] = Calls.LocalDeadlineAsync,
        ["cancelled before"] = Calls.CancelledBeforeAsync,
        ["cancelled while waiting"] = Calls.CancelledAsync,
        ["cancelled while reading"] = Calls.CancelledReadAsync,
        ["disposed unary"] = Calls.DisposedUnaryAsync,
        ["disposed stream"] = Calls.DisposedStreamAsync,
        ["received message too large"] = Calls.TooLargeReceivedAsync,
        ["large messages"] = Calls.LargeAsync,
        ["compressed response"] = Calls.CompressedAsync,
        ["compressed request"] = Calls.CompressedRequestAsync,
        ["unknown compression"] = Calls.UnknownCompressionAsync,
        ["user agent"] = Calls.UserAgentAsync,
    };

    public static IEnumerable<object[]> Names => Scenarios.Keys.Select(static name => new object[] { name });

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
        var direct = await Outcome.OfAsync(seen => Scenarios[name](new Trial.TrialClient(channel), seen));
        await using var pair = new GrpcPair();
        var through = await Outcome.OfAsync(seen => Scenarios[name](pair.Client(options: Options(throwsCanceled)), seen));
        Assert.AreEqual(direct, through);
        Assert.IsNotEmpty(direct);
        Assert.IsEmpty(pair.Faults);
    }

    private static GrpcChannelOptions Options(bool throwsCanceled) => new() { ThrowOperationCanceledOnCancellation = throwsCanceled };
}
