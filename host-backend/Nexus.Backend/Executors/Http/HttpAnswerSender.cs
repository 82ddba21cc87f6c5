using System.Buffers.Binary;
using System.Net.Http;
using System.Net.Http.Headers;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Http;

/// <summary>Sends a service's answer into the guest's channel: the head, then the body from the connection straight into the arena, then trailers.</summary>
/// <param name="call">The guest's call.</param>
/// <param name="content">The request's body, if it had one.</param>
internal sealed class HttpAnswerSender(ChannelCall call, HttpRingContent? content)
{
    private const int FirstBlock = 16 * 1024;
    private const int LargestBlock = 256 * 1024;

    /// <summary>The service's answer.</summary>
    /// <exception cref="ChannelException">The guest is gone or does not want it any more.</exception>
    public async Task SendAsync(HttpResponseMessage response)
    {
        var stream = await response.Content.ReadAsStreamAsync(call.Aborted).ConfigureAwait(false);
        var isEmpty =
            response.Content.Headers.ContentLength == 0
            || response.RequestMessage!.Method == HttpMethod.Head
            || (int)response.StatusCode is 204 or 304;
        await SendHeadAsync(HeadOf(response), final: isEmpty && response.Version.Major < 2).ConfigureAwait(false);
        if (isEmpty && response.Version.Major < 2)
        {
            return;
        }

        try
        {
            await SendBodyAsync(stream, response).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            await SendTrailersAsync([new(HttpFault.Field, HttpFaultReader.Read(failure))]).ConfigureAwait(false);
            return;
        }

        var trailers = Fields(response.TrailingHeaders.NonValidated);
        if (trailers.Count > 0)
        {
            await SendTrailersAsync(trailers).ConfigureAwait(false);
        }
    }

    /// <summary>That there is no answer, and why.</summary>
    public async Task FailAsync(Exception failure)
    {
        var head = new HttpResponseHead
        {
            Status = 0,
            Version = "",
            ContentLength = 0,
            Headers = [],
            Failure = HttpFaultReader.Read(failure),
        };
        await SendHeadAsync(head, final: true).ConfigureAwait(false);
    }

    private static HttpResponseHead HeadOf(HttpResponseMessage response)
    {
        var headers = Fields(response.Headers.NonValidated);
        headers.AddRange(Fields(response.Content.Headers.NonValidated));
        return new HttpResponseHead
        {
            Status = (int)response.StatusCode,
            Reason =
                response.Version.Major >= 2 ? ""
                : response.ReasonPhrase is { Length: > 0 } reason ? reason
                : HttpResponseHead.NoReason,
            Version = response.Version.ToString(2),
            ContentLength = response.Content.Headers.ContentLength ?? -1,
            Headers = headers,
        };
    }

    private static List<KeyValuePair<string, string>> Fields(HttpHeadersNonValidated headers)
    {
        var fields = new List<KeyValuePair<string, string>>(headers.Count);
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                fields.Add(new KeyValuePair<string, string>(name, value));
            }
        }

        return fields;
    }

    private async Task SendHeadAsync(HttpResponseHead head, bool final)
    {
        var announced = content?.HasAnnounced == true;
        if (!announced && head.MaxBytes <= ChannelLayout.MaxHeadBytes)
        {
            await call.SendAsync(FrameKind.Head, head, final, call.Aborted).ConfigureAwait(false);
            return;
        }

        var bytes = Encode(head);
        if (!announced)
        {
            var interim = new HttpResponseHead
            {
                Status = HttpInterim.LongHead,
                Version = "",
                ContentLength = -1,
                Headers = [],
            };
            await call.SendAsync(FrameKind.Head, interim, final: false, call.Aborted).ConfigureAwait(false);
        }

        await SendLongHeadAsync(bytes, final).ConfigureAwait(false);
    }

    /// <summary>With its length in front.</summary>
    private static ReadOnlyMemory<byte> Encode(HttpResponseHead head)
    {
        var bytes = new byte[4 + head.MaxBytes];
        var writer = new MessageWriter(bytes.AsSpan(4));
        head.Write(ref writer);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)writer.Length);
        return bytes.AsMemory(0, 4 + writer.Length);
    }

    private async Task SendLongHeadAsync(ReadOnlyMemory<byte> bytes, bool final)
    {
        while (!bytes.IsEmpty)
        {
            var size = Math.Min(bytes.Length, LargestBlock);
            var block = await call.RentAsync(size, call.Aborted).ConfigureAwait(false);
            bytes[..size].CopyTo(block.Memory);
            bytes = bytes[size..];
            call.Send(FrameKind.Data, block, size, final && bytes.IsEmpty);
        }
    }

    private ValueTask SendTrailersAsync(IReadOnlyList<KeyValuePair<string, string>> fields) =>
        call.SendAsync(FrameKind.Trailers, new HttpTrailers { Fields = fields }, final: true, call.Aborted);

    /// <summary>Sends the body and, where no trailers follow, its end.</summary>
    private async Task SendBodyAsync(Stream stream, HttpResponseMessage response)
    {
        var size = FirstBlock;
        var look = stream.ReadAsync(Memory<byte>.Empty, call.Aborted);
        while (true)
        {
            // Waits without a block, so that a slow service holds nothing of the arena.
            await look.ConfigureAwait(false);
            var block = await call.RentAsync(size, call.Aborted).ConfigureAwait(false);
            var filled = 0;
            var ended = false;
            try
            {
                do
                {
                    var read = await stream.ReadAsync(block.Memory[filled..size], call.Aborted).ConfigureAwait(false);
                    filled += read;
                    ended = read == 0;
                    look = ended ? default : stream.ReadAsync(Memory<byte>.Empty, call.Aborted);
                } while (!ended && filled < size && look.IsCompletedSuccessfully);
            }
            catch when (filled > 0)
            {
                // What came before the failure is the guest's; its own reads find the failure after it.
                call.Send(FrameKind.Data, block, filled, final: false);
                throw;
            }
            catch
            {
                call.Return(block);
                throw;
            }

            call.Send(FrameKind.Data, block, filled, final: ended && response.TrailingHeaders.NonValidated.Count == 0);
            if (ended)
            {
                return;
            }

            size = filled == size ? Math.Min(size * 4, LargestBlock) : size;
        }
    }
}
