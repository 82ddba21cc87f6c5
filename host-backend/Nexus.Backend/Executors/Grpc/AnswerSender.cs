using System.Net.Http.Headers;
using System.Numerics;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Passes a server's answer on into the guest's channel, from the connection's buffer straight into the arena, as it comes.</summary>
internal sealed class AnswerSender(ChannelCall call, HttpResponseMessage response, bool isSingle, CancellationToken cancellation)
{
    private const int SmallestBlock = 4 * 1024;
    private const int LargestBlock = 256 * 1024;

    private bool _headSent;

    public async Task SendAsync()
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                await PassOnAsync(body).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellation.IsCancellationRequested)
            {
                await EndAsync(FailureReport.Of(failure)).ConfigureAwait(false);
                return;
            }
        }

        await EndAsync(failure: null).ConfigureAwait(false);
    }

#pragma warning disable CA2012 // Whether a read has ended is asked once before it is awaited once.
    private async Task PassOnAsync(Stream body)
    {
        var wanted = SmallestBlock;

        // Reads of nothing wait until there is something: no block is held for a server that is silent.
        var arriving = body.ReadAsync(Memory<byte>.Empty, cancellation);
        while (true)
        {
            if (!arriving.IsCompleted || !isSingle)
            {
                await SendHeadAsync().ConfigureAwait(false);
            }

            await arriving.ConfigureAwait(false);
            var block = await call.RentAsync(wanted, cancellation).ConfigureAwait(false);
            var read = await body.ReadAsync(block.Memory, cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                call.Return(block);
                return;
            }

            var ended = false;
            while (!ended)
            {
                arriving = body.ReadAsync(Memory<byte>.Empty, cancellation);
                if (!arriving.IsCompletedSuccessfully || read == block.Memory.Length)
                {
                    break;
                }

                await arriving.ConfigureAwait(false);
                var more = await body.ReadAsync(block.Memory[read..], cancellation).ConfigureAwait(false);
                read += more;
                ended = more == 0;
            }

            if (!ended)
            {
                await SendHeadAsync().ConfigureAwait(false);
            }

            // Complete at once: the end brings the head along, and the guest is woken once.
            call.Send(FrameKind.Data, block, read, final: false);
            if (ended)
            {
                return;
            }

            // Half-empty blocks would use the call's window up.
            var full = read == block.Memory.Length;
            wanted = Math.Clamp(full ? read * 2 : (int)BitOperations.RoundUpToPowerOf2((uint)read), SmallestBlock, LargestBlock);
        }
    }
#pragma warning restore CA2012

    private async ValueTask SendHeadAsync()
    {
        if (!_headSent)
        {
            _headSent = true;
            await call.SendAsync(FrameKind.Head, Head(), final: false, cancellation).ConfigureAwait(false);
        }
    }

    private ValueTask EndAsync(GrpcFailure? failure)
    {
        var end = new GrpcResponseEnd
        {
            Head = _headSent ? null : Head(),
            Failure = failure,
            Trailers = failure is null ? Fields(response.TrailingHeaders) : [],
        };
        return call.SendAsync(FrameKind.Trailers, end, final: true, cancellation);
    }

    private GrpcResponseHead Head() =>
        new()
        {
            Status = (int)response.StatusCode,
            Version = (response.Version.Major * 10) + response.Version.Minor,
            ContentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) ? type.ToString() : null,
            Headers = Fields(response.Headers),
        };

    private static List<KeyValuePair<string, string>> Fields(HttpHeaders headers)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                fields.Add(new KeyValuePair<string, string>(name, value));
            }
        }

        return fields;
    }
}
