using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>One request from its head to its end, in the order in which Kestrel does things: what the program can observe is to be the same.</summary>
internal sealed class RequestLoop<TContext>(IHttpApplication<TContext> application, ServerSettings settings)
    where TContext : notnull
{
    /// <summary>Serves a call; does not fail for what the program or the backend does.</summary>
    /// <param name="call">The call; its owner disposes of it.</param>
    /// <param name="stopping">Aborts the request.</param>
    public async Task ServeAsync(ChannelCall call, CancellationToken stopping)
    {
        ServedRequest request;
        try
        {
            request = Open(call);
        }
        catch (ProtocolViolationException)
        {
            call.Abort(AbortCode.BadRequest);
            return;
        }

        using var ended = request;
        using var abort = stopping.UnsafeRegister(static state => ((ServedRequest)state!).Abort(), request);
        try
        {
            if (request is Http2Request { IsLineTooLong: true } stream)
            {
                stream.Reset(Http2Request.ProtocolError);
                return;
            }

            if (request.FindRefusal() is { } refusal)
            {
                request.Reject(refusal);
                await request.EndAsync().ConfigureAwait(false);
                return;
            }

            await RunAsync(request).ConfigureAwait(false);
        }
        catch (ChannelException)
        {
            // The caller is gone, or the backend.
        }
    }

    private ServedRequest Open(ChannelCall call)
    {
        var head = HttpRequestHead.Read(call.Head.Span);
        return head.Version.StartsWith('1') ? new Http1Request(call, head, settings) : new Http2Request(call, head, settings);
    }

    private async Task RunAsync(ServedRequest request)
    {
        var context = application.CreateContext(request.Features);
        try
        {
            await application.ProcessRequestAsync(context).ConfigureAwait(false);
            await request.ConcludeAsync().ConfigureAwait(false);
        }
        catch (BadHttpRequestException bad)
        {
            request.Reject(bad);
        }
#pragma warning disable CA1031 // Whatever the program throws becomes its response, as with Kestrel.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            request.Fail(failure);
        }

        try
        {
            await request.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            await request.FireOnCompletedAsync().ConfigureAwait(false);
            application.DisposeContext(context, request.Failure);
        }
    }
}
