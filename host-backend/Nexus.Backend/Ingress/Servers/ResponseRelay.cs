using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Ingress.Servers;

/// <summary>
/// A guest's answer on its way to the caller: the arena's bytes are written into Kestrel's own output buffer, which is the only copy, and given back. What has arrived
/// already goes out together; otherwise every frame is flushed, since it was flushed by the program.
/// </summary>
internal sealed class ResponseRelay(ChannelCall call, IFeatureCollection features)
{
    /// <summary>A field of trailers that no header can have: the program resets the stream with this code.</summary>
    private const string ResetField = ":reset";
    private const int MostUnflushed = 64 * 1024;
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "Transfer-Encoding",
        "Upgrade",
    };
    private readonly IHttpResponseFeature _response = features.Get<IHttpResponseFeature>()!;
    private readonly IHttpResponseBodyFeature _body = features.Get<IHttpResponseBodyFeature>()!;
    private readonly bool _isHttp2 = HttpProtocol.IsHttp2(features.Get<IHttpRequestFeature>()!.Protocol);
    private bool _headSeen;
    private int _unflushed;

    /// <summary>Relays the answer up to its end, or up to the head that opens a stream.</summary>
    /// <param name="aborted">The caller is gone.</param>
    /// <returns>True when the answer opened a stream: the caller of this relays the rest both ways.</returns>
    /// <exception cref="ChannelException">The guest aborted or is gone.</exception>
    /// <exception cref="ProtocolViolationException">The guest sent what no server sends.</exception>
    public async Task<bool> RunAsync(CancellationToken aborted)
    {
        while (true)
        {
            var receiving = call.ReceiveAsync(aborted);
            if (!receiving.IsCompleted && (_unflushed > 0 || (_headSeen && !_response.HasStarted)))
            {
                await FlushAsync(aborted).ConfigureAwait(false);
            }

            var frame = await receiving.ConfigureAwait(false);
            switch (frame.Kind)
            {
                case FrameKind.Head:
                    if (ApplyHead(HttpResponseHead.Read(frame.Memory.Span)))
                    {
                        return true;
                    }

                    break;
                case FrameKind.Trailers:
                    if (!ApplyTrailers(HttpTrailers.Read(frame.Memory.Span)))
                    {
                        return false;
                    }

                    break;
                default:
                    await WriteAsync(frame, aborted).ConfigureAwait(false);
                    break;
            }

            if (frame.IsFinal)
            {
                // Kestrel sends what is left of an HTTP/1.1 body only while it has the head to send; a chunked end and HTTP/2 bring it along.
                if (_unflushed > 0 && _response.HasStarted && !_isHttp2)
                {
                    await FlushAsync(aborted).ConfigureAwait(false);
                }

                return _headSeen ? false : throw new ProtocolViolationException("an answer without a head");
            }
        }
    }

    private async ValueTask WriteAsync(ChannelFrame frame, CancellationToken aborted)
    {
        if (!frame.Memory.IsEmpty)
        {
            if (!_headSeen)
            {
                throw new ProtocolViolationException("a body before its head");
            }

            _body.Writer.Write(frame.Memory.Span);
            _unflushed += frame.Memory.Length;
        }

        call.Release(frame);
        if (_unflushed >= MostUnflushed && !frame.IsFinal)
        {
            await FlushAsync(aborted).ConfigureAwait(false);
        }
    }

    private async ValueTask FlushAsync(CancellationToken aborted)
    {
        _unflushed = 0;
        await _body.Writer.FlushAsync(aborted).ConfigureAwait(false);
    }

    /// <summary>True when the head opens a stream.</summary>
    private bool ApplyHead(HttpResponseHead head)
    {
        if (head.Status is < 100 or > 999)
        {
            throw new ProtocolViolationException($"status {head.Status}");
        }

        _headSeen = true;
        _response.StatusCode = head.Status;
        if (head.Reason.Length > 0)
        {
            _response.ReasonPhrase = head.Reason;
        }

        var opensStream = head.Status == StatusCodes.Status101SwitchingProtocols || OpensTunnel(head.Status);
        foreach (var (name, value) in head.Headers)
        {
            if (HopByHop.Contains(name) && !IsAllowed(name, value, opensStream))
            {
                continue;
            }

            Append(_response.Headers, name, value);
        }

        return opensStream;
    }

    private bool OpensTunnel(int status) =>
        status == StatusCodes.Status200OK && features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>Connections are the backend's, but a program may ask for theirs to be closed, or upgraded.</summary>
    private static bool IsAllowed(string name, string value, bool opensStream) =>
        (name.Equals("Connection", StringComparison.OrdinalIgnoreCase) && value.Equals("close", StringComparison.OrdinalIgnoreCase))
        || (opensStream && name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase));

    /// <summary>False when the program reset the stream.</summary>
    private bool ApplyTrailers(HttpTrailers trailers)
    {
        if (trailers.Fields is [{ Key: ResetField, Value: var code }])
        {
            Reset(int.TryParse(code, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 2);
            return false;
        }

        if (!_headSeen)
        {
            throw new ProtocolViolationException("trailers before a head");
        }

        if (features.Get<IHttpResponseTrailersFeature>() is { } target)
        {
            foreach (var (name, value) in trailers.Fields)
            {
                Append(target.Trailers, name, value);
            }
        }

        return true;
    }

    private void Reset(int code)
    {
        if (features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(code);
        }
        else
        {
            features.Get<IHttpRequestLifetimeFeature>()!.Abort();
        }
    }

    /// <summary>Kestrel checks names and values; a guest whose server did not is none of ours.</summary>
    private static void Append(IHeaderDictionary headers, string name, string value)
    {
        try
        {
            headers.Append(name, value);
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException)
        {
            throw new ProtocolViolationException($"header {name}: {refused.Message}");
        }
    }
}
