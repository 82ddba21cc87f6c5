using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Backend.Instances;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Ingress.Servers;

/// <summary>Answers requests by a server function.</summary>
internal sealed class ServerTarget(ServerPool pool) : IRouteTarget
{
    // What one request may hold of the arena, so that many slow programs leave room for the others.
    private const int RequestWindow = 512 * 1024;
    private const int InternalError = 2;

    public ServerPool Pool => pool;

    public async Task AnswerAsync(IFeatureCollection features, string scheme)
    {
        var lifetime = features.Get<IHttpRequestLifetimeFeature>()!;
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // The program has a limit of its own, and its own answer to it.
            size.MaxRequestBodySize = pool.Function.MaxRequestBytes;
        }

        var upgrade = ServedRequestHead.IsUpgrade(features);
        var head = ServedRequestHead.Of(features, scheme);
        var final = head.ContentLength == 0 && !upgrade;
        ServerCall opened;
        try
        {
            opened = await pool.OpenAsync(head, final, lifetime.RequestAborted).ConfigureAwait(false);
        }
        catch (NexusException refusal)
        {
            await IngressAnswer.RefuseAsync(features, StatusOf(refusal), refusal.Message).ConfigureAwait(false);
            return;
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelException)
        {
            await GiveUpAsync(features, failure as ChannelException).ConfigureAwait(false);
            return;
        }
        catch (ArgumentException)
        {
            await IngressAnswer
                .RefuseAsync(
                    features,
                    StatusCodes.Status431RequestHeaderFieldsTooLarge,
                    IngressDiagnostics.HeadTooLarge.With(pool.Function.Name).Message
                )
                .ConfigureAwait(false);
            return;
        }

        using (opened)
        {
            await ExchangeAsync(opened, features, lifetime, hasBody: !final && !upgrade).ConfigureAwait(false);
        }
    }

    private async Task ExchangeAsync(ServerCall opened, IFeatureCollection features, IHttpRequestLifetimeFeature lifetime, bool hasBody)
    {
        var call = opened.Call;
        call.Window = RequestWindow;
        var aborted = lifetime.RequestAborted;
        using var gone = aborted.UnsafeRegister(static state => ((ChannelCall)state!).Abort(AbortCode.Cancelled), call);
        using var stop = hasBody ? CancellationTokenSource.CreateLinkedTokenSource(aborted) : null;
        var body = hasBody ? features.Get<IRequestBodyPipeFeature>()!.Reader : null;
        var sending = body is not null ? RequestRelay.SendAsync(call, features, body, stop!.Token) : Task.CompletedTask;
        try
        {
            if (await new ResponseRelay(call, features).RunAsync(aborted).ConfigureAwait(false))
            {
                var stream = await UpgradeAsync(features).ConfigureAwait(false);
                await StreamRelay.RunAsync(call, stream, aborted).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The caller is gone; the guest has been told.
        }
        catch (ChannelException failure) when (failure.Code == AbortCode.Failed)
        {
            // What the program had flushed before it failed is the caller's.
            await features.Get<IHttpResponseBodyFeature>()!.Writer.FlushAsync(aborted).ConfigureAwait(false);
            throw new ServedRequestFailedException();
        }
        catch (ChannelException failure)
        {
            await GiveUpAsync(features, failure).ConfigureAwait(false);
        }
        catch (ProtocolViolationException violation)
        {
            opened.Violate(violation);
            await GiveUpAsync(features, failure: null).ConfigureAwait(false);
        }
        finally
        {
            if (!sending.IsCompleted)
            {
                await stop!.CancelAsync().ConfigureAwait(false);
                body!.CancelPendingRead();
            }

            await sending.ConfigureAwait(false);
        }
    }

    private static async Task<Stream> UpgradeAsync(IFeatureCollection features) =>
        features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
            ? await connect.AcceptAsync().ConfigureAwait(false)
            : await features.Get<IHttpUpgradeFeature>()!.UpgradeAsync().ConfigureAwait(false);

    /// <summary>The guest gave no answer, or not all of it.</summary>
    private async Task GiveUpAsync(IFeatureCollection features, ChannelException? failure)
    {
        if (
            features.Get<IHttpResponseFeature>()!.HasStarted
            || features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted.IsCancellationRequested
        )
        {
            CutOff(features);
            return;
        }

        switch (failure?.Code)
        {
            case AbortCode.Cancelled:
                // The program itself wanted the connection gone.
                CutOff(features);
                break;
            case AbortCode.DeadlineExceeded:
                await IngressAnswer
                    .RefuseAsync(
                        features,
                        StatusCodes.Status504GatewayTimeout,
                        IngressDiagnostics.TimedOut.With($"{pool.Function.Name}: {pool.Function.Timeout.TotalSeconds} s").Message
                    )
                    .ConfigureAwait(false);
                break;
            case AbortCode.Refused:
                await IngressAnswer
                    .RefuseAsync(
                        features,
                        StatusCodes.Status503ServiceUnavailable,
                        InstanceDiagnostics.Draining.With(pool.Function.Name).Message
                    )
                    .ConfigureAwait(false);
                break;
            default:
                await IngressAnswer
                    .RefuseAsync(features, StatusCodes.Status502BadGateway, IngressDiagnostics.NoAnswer.With(pool.Function.Name).Message)
                    .ConfigureAwait(false);
                break;
        }
    }

    private static void CutOff(IFeatureCollection features)
    {
        if (features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(InternalError);
        }
        else
        {
            features.Get<IHttpRequestLifetimeFeature>()!.Abort();
        }
    }

    private static int StatusOf(NexusException refusal) =>
        refusal.Diagnostic == IngressDiagnostics.NotStarted || refusal.Diagnostic == IngressDiagnostics.NotReady
            ? StatusCodes.Status502BadGateway
            : StatusCodes.Status503ServiceUnavailable;
}
