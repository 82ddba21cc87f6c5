using System.Net;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http;

/// <summary>One request through the channel and its answer, with the cookies that belong to each.</summary>
internal sealed class HttpExchange(GuestChannel channel, HandlerSettings settings)
{
    /// <exception cref="HttpRequestException">As the library throws it.</exception>
    /// <exception cref="TaskCanceledException">Cancelled.</exception>
    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellation)
    {
        var head = RequestHead.Of(request, settings);
        ChannelCall? call = null;
        HttpSending? sending = null;
        try
        {
            call = await OpenAsync(request, head, cancellation).ConfigureAwait(false);
            sending = request.Content is null ? null : new HttpSending(call, request.Content, head.ContentLength, async, cancellation);
            if (!RequestHead.Expects(request))
            {
                sending?.Start();
            }

            var (answer, final) = await ReceiveHeadAsync(call, sending, cancellation).ConfigureAwait(false);
            if (answer.Status == 0)
            {
                throw HttpFaults.Raise(answer.Failure);
            }

            var response = ResponseBuilder.Build(request, answer, call, final, sending?.Stop, settings);
            call = null;
            sending = null;
            if (settings.Cookies is { } cookies)
            {
                AcceptCookies(response, cookies);
            }

            return response;
        }
        catch (ChannelException failure)
        {
            throw HttpFaults.From(failure);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw HttpFaults.Canceled(request.Version, cancellation);
        }
        finally
        {
            sending?.Stop.Cancel();
            call?.Dispose();
        }
    }

    private ValueTask<ChannelCall> OpenAsync(HttpRequestMessage request, HttpRequestHead head, CancellationToken cancellation)
    {
        // Content that is in memory follows at once: the backend wakes once for both.
        var follows =
            request.Content is ByteArrayContent or ReadOnlyMemoryContent && head.ContentLength > 0 && !RequestHead.Expects(request);
        var timeout = channel.InvocationRemaining;
        return follows
            ? channel.Peer.OpenSilentlyAsync(ChannelProtocol.Http, head, timeout, cancellation)
            : channel.Peer.OpenAsync(ChannelProtocol.Http, head, timeout, final: request.Content is null, cancellation);
    }

    /// <summary>The answer's head; starts the body when the backend asks for it, and fails when the body fails first.</summary>
    private static async ValueTask<(HttpResponseHead Head, bool Final)> ReceiveHeadAsync(
        ChannelCall call,
        HttpSending? sending,
        CancellationToken cancellation
    )
    {
        var frame = await ReceiveAsync(call, sending, cancellation).ConfigureAwait(false);
        var head = HttpResponseHead.Read(frame.Memory.Span);
        if (!HttpInterim.IsInterim(head.Status))
        {
            return (head, frame.IsFinal);
        }

        if (head.Status == HttpInterim.Continue)
        {
            sending?.Start();
        }

        var collected = new LongHead();
        while (true)
        {
            frame = await ReceiveAsync(call, sending, cancellation).ConfigureAwait(false);
            var complete = collected.Add(frame.Memory.Span);
            call.Release(frame);
            if (complete)
            {
                return (HttpResponseHead.Read(collected.Bytes), frame.IsFinal);
            }

            if (frame.IsFinal)
            {
                throw new ChannelException(AbortCode.Failed, "The answer's head ended early.");
            }
        }
    }

    private static async ValueTask<ChannelFrame> ReceiveAsync(ChannelCall call, HttpSending? sending, CancellationToken cancellation)
    {
        if (sending is null || sending.Completion.IsCompletedSuccessfully)
        {
            return await call.ReceiveAsync(cancellation).ConfigureAwait(false);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var receiving = call.ReceiveAsync(stop.Token).AsTask();
        await Task.WhenAny(receiving, sending.Completion).ConfigureAwait(false);
        if (!receiving.IsCompleted && !sending.Completion.IsCompletedSuccessfully)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!receiving.IsCompletedSuccessfully)
            {
                // The program's own content failed: its exception is what a direct call would show.
                await sending.ThrowAsync().ConfigureAwait(false);
            }
        }

        if (receiving.IsFaulted && sending.Completion.IsFaulted)
        {
            await sending.ThrowAsync().ConfigureAwait(false);
        }

        return await receiving.ConfigureAwait(false);
    }

    private static void AcceptCookies(HttpResponseMessage response, CookieContainer cookies)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var values))
        {
            return;
        }

        foreach (var value in values)
        {
            try
            {
                cookies.SetCookies(response.RequestMessage!.RequestUri!, value);
            }
            catch (CookieException)
            {
                // The library ignores cookies that are none.
            }
        }
    }
}
