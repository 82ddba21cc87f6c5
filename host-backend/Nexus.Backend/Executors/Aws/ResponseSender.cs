using Nexus.Backend.Aws;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Aws;

/// <summary>Sends a service's answer into the guest's channel. A short one goes out as a whole, so that the guest wakes once.</summary>
internal sealed class ResponseSender(ChannelCall call, AwsHttpResponse response, bool hasBody)
{
    private const int ShortBody = 64 * 1024;
    private const int BlockBytes = 256 * 1024;

    public async Task SendAsync()
    {
        var length = hasBody && response.StatusCode is not (204 or 304) ? response.ContentLength : 0;
        switch (length)
        {
            case 0:
                await SendHeadAsync(final: true).ConfigureAwait(false);
                break;
            case <= ShortBody:
                await SendWholeAsync((int)length.Value).ConfigureAwait(false);
                break;
            default:
                await SendHeadAsync(final: false).ConfigureAwait(false);
                await StreamAsync(length).ConfigureAwait(false);
                break;
        }
    }

    private ValueTask SendHeadAsync(bool final)
    {
        var headers = new KeyValuePair<string, string>[response.Headers.Count];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new KeyValuePair<string, string>(response.Headers[i].Name, response.Headers[i].Value);
        }

        var head = new AwsResponseHead
        {
            Status = response.StatusCode,
            // What the service said: for HEAD it is the length of a body that does not follow.
            ContentLength = response.ContentLength ?? -1,
            Attempts = response.Attempts,
            Headers = headers,
        };
        return call.SendAsync(FrameKind.Head, head, final, call.Aborted);
    }

    private async Task SendWholeAsync(int length)
    {
        var block = await call.RentAsync(length, call.Aborted).ConfigureAwait(false);
        int read;
        try
        {
            read = await FillAsync(block.Memory[..length], untilFull: true).ConfigureAwait(false);
            await SendHeadAsync(final: false).ConfigureAwait(false);
        }
        catch
        {
            call.Return(block);
            throw;
        }

        if (read < length)
        {
            call.Return(block);
            call.Abort(AbortCode.Failed);
            return;
        }

        call.Send(FrameKind.Data, block, read, final: true);
    }

    private async Task StreamAsync(long? length)
    {
        long sent = 0;
        while (true)
        {
            var wanted = (int)Math.Min(BlockBytes, (length - sent) ?? BlockBytes);
            var block = await call.RentAsync(wanted, call.Aborted).ConfigureAwait(false);
            int read;
            try
            {
                read = await FillAsync(block.Memory[..wanted], untilFull: false).ConfigureAwait(false);
            }
            catch
            {
                call.Return(block);
                throw;
            }

            sent += read;
            if (read == 0)
            {
                call.Return(block);
                if (length is not null)
                {
                    call.Abort(AbortCode.Failed);
                    return;
                }

                call.Complete();
                return;
            }

            call.Send(FrameKind.Data, block, read, final: sent == length);
            if (sent == length)
            {
                return;
            }
        }
    }

    /// <summary>Reads at least something, and more while it is there without waiting or until the block is full.</summary>
    private async ValueTask<int> FillAsync(Memory<byte> target, bool untilFull)
    {
        var filled = 0;
        while (filled < target.Length)
        {
            var reading = response.ReadAsync(target[filled..], call.Aborted);
            var waited = !reading.IsCompleted;
            var read = await reading.ConfigureAwait(false);
            filled += read;
            if (read == 0 || (waited && !untilFull))
            {
                return filled;
            }
        }

        return filled;
    }
}
