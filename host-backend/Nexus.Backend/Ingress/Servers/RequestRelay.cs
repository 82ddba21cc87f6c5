using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Ingress.Servers;

/// <summary>
/// A caller's body on its way into the guest's arena: one copy, from Kestrel's buffer into a block, as large as what is there. It goes no faster than the guest gives
/// blocks back, and then the caller's connection is not read any further.
/// </summary>
internal static class RequestRelay
{
    private const int LargestBlock = 128 * 1024;

    /// <summary>
    /// Sends the body to its end, until <paramref name="stop"/> or until somebody cancels the pending read. Does not fail for what either side does, and leaves the reader
    /// as Kestrel needs it to read what is left.
    /// </summary>
    public static async Task SendAsync(ChannelCall call, IFeatureCollection features, PipeReader body, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var result = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                var sent = result.Buffer.Start;
                try
                {
                    if (result.IsCanceled || stop.IsCancellationRequested)
                    {
                        call.Abort(AbortCode.Cancelled);
                        return;
                    }

                    var trailers = result.IsCompleted ? Trailers(features) : null;
                    await SendAsync(call, result.Buffer, final: result.IsCompleted && trailers is null, stop).ConfigureAwait(false);
                    sent = result.Buffer.End;
                    if (trailers is not null)
                    {
                        await call.SendAsync(FrameKind.Trailers, trailers, final: true, stop).ConfigureAwait(false);
                    }

                    if (result.IsCompleted)
                    {
                        return;
                    }
                }
                finally
                {
                    body.AdvanceTo(sent, result.Buffer.End);
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelException or IOException)
        {
            // The caller left, sent something that is not HTTP, or the answer is complete without the rest.
            call.Abort(AbortCode.Cancelled);
        }
    }

    private static async ValueTask SendAsync(ChannelCall call, ReadOnlySequence<byte> bytes, bool final, CancellationToken stop)
    {
        if (bytes.IsEmpty && final)
        {
            call.Complete();
        }

        while (!bytes.IsEmpty)
        {
            var size = (int)Math.Min(bytes.Length, LargestBlock);
            var block = await call.RentAsync(size, stop).ConfigureAwait(false);
            bytes.Slice(0, size).CopyTo(block.Memory.Span);
            bytes = bytes.Slice(size);
            call.Send(FrameKind.Data, block, size, final && bytes.IsEmpty);
        }
    }

    private static HttpTrailers? Trailers(IFeatureCollection features)
    {
        if (features.Get<IHttpRequestTrailersFeature>() is not { Available: true, Trailers: { Count: > 0 } trailers })
        {
            return null;
        }

        var fields = new List<KeyValuePair<string, string>>(trailers.Count);
        foreach (var (name, values) in trailers)
        {
            fields.AddRange(values.Select(value => new KeyValuePair<string, string>(name, value ?? "")));
        }

        return new HttpTrailers { Fields = fields };
    }
}
