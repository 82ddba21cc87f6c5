using System.Text;
using RemoteCalls.Trials;

namespace RemoteCalls;

/// <summary>By name, what there is to be done with a client.</summary>
public static class Scenarios
{
    public static IReadOnlyDictionary<string, Func<Trial.TrialClient, StringBuilder, Task>> All { get; } =
        new Dictionary<string, Func<Trial.TrialClient, StringBuilder, Task>>
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
}
