using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Aws;

/// <summary>The innermost handler: one marshalled request through the channel, one raw response back.</summary>
internal sealed class AwsChannelHandler(AWSCredentials? clientCredentials) : PipelineHandler
{
    // What HttpClient allows when a client's configuration says nothing.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(100);

    private GuestChannel? _channel;

    /// <summary>Joined by the first call; the pipeline is only cut in a process that has one.</summary>
    private GuestChannel Channel => _channel ??= GuestChannel.Current!;

    public override void InvokeSync(IExecutionContext executionContext) =>
        SendAsync(executionContext.RequestContext, executionContext.ResponseContext).GetAwaiter().GetResult();

    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        await SendAsync(executionContext.RequestContext, executionContext.ResponseContext).ConfigureAwait(false);
        // The unmarshaller around this handler makes the response.
        return null!;
    }

    private async Task SendAsync(IRequestContext context, IResponseContext response)
    {
        var body = AwsRequestBody.Of(context);
        var head = AwsRequestEncoder.Encode(context, body.Length, clientCredentials);
        var timeout = Timeout(context.ClientConfig);
        var cancellation = context.CancellationToken;
        if (cancellation.IsCancellationRequested)
        {
            // Nested as HttpClient nests it, for handlers that look at the cause.
            throw new TaskCanceledException("A task was canceled.", new TaskCanceledException(), cancellation);
        }

        ChannelCall? call = null;
        try
        {
            var opening = body is { IsEmpty: false, IsInMemory: true }
                ? Channel.Peer.OpenSilentlyAsync(ChannelProtocol.Aws, head, timeout, cancellation)
                : Channel.Peer.OpenAsync(ChannelProtocol.Aws, head, timeout, final: body.IsEmpty, cancellation);
            call = await opening.ConfigureAwait(false);
            var frame = await ExchangeAsync(call, body, cancellation).ConfigureAwait(false);
            var answer = AwsResponseHead.Read(frame.Memory.Span);
            if (answer.Status == 0)
            {
                throw AwsFailure.From(answer.Failure);
            }

            // A client's timeout ends with the headers, as HttpClient's does; an object may be read for as long as the invocation runs.
            call.ResetDeadline(Channel.InvocationRemaining);
            var data = new AwsResponse(answer, new AwsResponseStream(call, frame.IsFinal, Channel.Peer));
            call = null;
            if (!data.IsSuccessStatusCode)
            {
                // Not set as the response: the SDK's error handler disposes that one before it reads the error's body.
                throw new HttpErrorResponseException(data);
            }

            response.HttpResponse = data;
        }
        catch (ChannelException failure)
        {
            throw AwsFailure.From(failure, timeout);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new TaskCanceledException("A task was canceled.", null, cancellation);
        }
        finally
        {
            call?.Dispose();
        }
    }

    /// <summary>Sends the body while it waits for the head: a service may answer, or fail, before it has read everything.</summary>
    private async Task<ChannelFrame> ExchangeAsync(ChannelCall call, AwsRequestBody body, CancellationToken cancellation)
    {
        if (body.IsEmpty)
        {
            return await call.ReceiveAsync(cancellation).ConfigureAwait(false);
        }

        if (body.IsInMemory)
        {
            await body.SendAsync(call, Channel.Peer, cancellation).ConfigureAwait(false);
            return await call.ReceiveAsync(cancellation).ConfigureAwait(false);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var receiving = call.ReceiveAsync(stop.Token).AsTask();
        var sending = body.SendAsync(call, Channel.Peer, stop.Token);
        await Task.WhenAny(receiving, sending).ConfigureAwait(false);
        if (receiving.IsCompleted && !sending.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            call.Abort(AbortCode.Cancelled);
        }
        else if (sending.IsFaulted || sending.IsCanceled)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The user's own stream failed: its exception is what a direct call would show.
            await sending.ConfigureAwait(false);
        }

        return await receiving.ConfigureAwait(false);
    }

    private TimeSpan Timeout(IClientConfig config)
    {
        var wanted = config.Timeout ?? DefaultTimeout;
        var remaining = Channel.InvocationRemaining;
        if (wanted == System.Threading.Timeout.InfiniteTimeSpan)
        {
            return remaining;
        }

        return remaining == System.Threading.Timeout.InfiniteTimeSpan || wanted < remaining ? wanted : remaining;
    }
}
