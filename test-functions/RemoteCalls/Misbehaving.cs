using System.Text;
using Grpc.Core;
using RemoteCalls.Trials;

namespace RemoteCalls;

/// <summary>Calls servers that break the protocol; which way, is in the method's name.</summary>
internal static class Misbehaving
{
    private static readonly Marshaller<TrialRequest> RequestMarshaller = Marshallers.Create(
        static request => Google.Protobuf.MessageExtensions.ToByteArray(request),
        TrialRequest.Parser.ParseFrom
    );

    private static readonly Marshaller<TrialReply> ReplyMarshaller = Marshallers.Create(
        static reply => Google.Protobuf.MessageExtensions.ToByteArray(reply),
        TrialReply.Parser.ParseFrom
    );

    public static async Task RunAsync(CallInvoker invoker, string way, StringBuilder seen)
    {
        var request = new TrialRequest { Behaviour = "echo", Text = "anyone?" };
        seen.AppendLine(
            await Outcome.OfAsync(async unary =>
            {
                var method = new Method<TrialRequest, TrialReply>(MethodType.Unary, "misbehaving", way, RequestMarshaller, ReplyMarshaller);
                using var call = invoker.AsyncUnaryCall(method, null, Deadline(way), request);
                try
                {
                    unary.AppendLine((await call.ResponseAsync).Text);
                }
                finally
                {
                    unary.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
                }
            })
        );
        seen.AppendLine(
            await Outcome.OfAsync(async stream =>
            {
                var method = new Method<TrialRequest, TrialReply>(
                    MethodType.ServerStreaming,
                    "misbehaving",
                    way,
                    RequestMarshaller,
                    ReplyMarshaller
                );
                using var call = invoker.AsyncServerStreamingCall(method, null, Deadline(way), request);
                try
                {
                    while (await call.ResponseStream.MoveNext(CancellationToken.None))
                    {
                        stream.AppendLine(call.ResponseStream.Current.Text);
                    }
                }
                finally
                {
                    stream.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
                }
            })
        );
    }

    private static CallOptions Deadline(string way) =>
        new(deadline: DateTime.UtcNow.AddSeconds(way.StartsWith("Stall", StringComparison.Ordinal) ? 0.3 : 20));
}
