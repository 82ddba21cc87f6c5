using Nexus.Channel;

namespace Nexus.Backend.Ingress.Servers;

/// <summary>After an upgrade: bytes both ways, each as soon as it is there, until both sides have finished or one is gone.</summary>
internal static class StreamRelay
{
    private const int BlockBytes = 16 * 1024;

    public static async Task RunAsync(ChannelCall call, Stream stream, CancellationToken aborted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var sending = SendAsync(call, stream, stop.Token);
        try
        {
            while (true)
            {
                var frame = await call.ReceiveAsync(aborted).ConfigureAwait(false);
                if (!frame.Memory.IsEmpty)
                {
                    await stream.WriteAsync(frame.Memory, aborted).ConfigureAwait(false);
                    await stream.FlushAsync(aborted).ConfigureAwait(false);
                }

                call.Release(frame);
                if (frame.IsFinal)
                {
                    return;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(ChannelCall call, Stream stream, CancellationToken cancellation)
    {
        // Waited for here, so that an idle stream holds nothing of the arena.
        var buffer = new byte[BlockBytes];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                var block = await call.RentAsync(read, cancellation).ConfigureAwait(false);
                buffer.AsSpan(0, read).CopyTo(block.Memory.Span);
                call.Send(FrameKind.Data, block, read, final: false);
            }

            call.Complete();
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelException or IOException)
        {
            call.Abort(AbortCode.Cancelled);
        }
    }
}
