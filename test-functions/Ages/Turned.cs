using Grpc.Core;
using RemoteCalls.Trials;

namespace Ages;

/// <summary>A gRPC service that turns texts around.</summary>
public sealed class Turned : Trial.TrialBase
{
#pragma warning disable CA1720 // The name is the service's.
    public override Task<TrialReply> Single(TrialRequest request, ServerCallContext context) =>
        request.Behaviour == "fail"
            ? throw new RpcException(new Status(StatusCode.NotFound, request.Text))
            : Task.FromResult(new TrialReply { Text = new string([.. request.Text.Reverse()]) });

#pragma warning restore CA1720

    public override async Task Converse(
        IAsyncStreamReader<TrialRequest> requestStream,
        IServerStreamWriter<TrialReply> responseStream,
        ServerCallContext context
    )
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(new TrialReply { Text = new string([.. requestStream.Current.Text.Reverse()]) });
        }
    }
}
