using System.Diagnostics;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>
/// What a channel of the library sends its HTTP requests through when the library itself makes the calls: each request, an attempt of a call that is retried or hedged, is
/// one call of this process's own channel.
/// </summary>
/// <param name="peer">This process's end of its channel to the backend.</param>
/// <param name="connectsFirst">Whether the library would have connected by itself before it sends.</param>
/// <param name="servers">Finds the channel's servers; null for one server, which the requests' address names.</param>
/// <param name="replaced">The handler in whose place this one is, disposed of with it.</param>
public sealed class LibraryHandler(ChannelPeer peer, bool connectsFirst, IAddressSource? servers = null, IDisposable? replaced = null)
    : HttpMessageHandler
{
    // What the library's retries take for a refusal of a load balancer, which is final whatever the policy says.
    private const string Drop = "grpc-internal-drop-request";
    private static readonly HttpRequestOptionsKey<bool> WaitForReady = new("WaitForReady");

    /// <summary>What finds the channel's servers; null when it has one.</summary>
    public IAddressSource? Servers => servers;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var waits = request.Options.TryGetValue(WaitForReady, out var asked) && asked;
            var found = servers is null ? null : await servers.CurrentAsync(waits, cancellationToken).ConfigureAwait(false);
            if (found?.Failure is { } unknown)
            {
                throw new RpcException(unknown);
            }

            var call = await peer.OpenAsync(
                    ChannelProtocol.Grpc,
                    Head(request, found, waits),
                    timeout: null,
                    final: false,
                    cancellationToken
                )
                .ConfigureAwait(false);
            var answer = new LibraryAnswer(call);
            try
            {
                return Response(request, answer, await answer.BeginAsync(request.Content!, cancellationToken).ConfigureAwait(false));
            }
            catch
            {
                await answer.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception failure) when (cancellationToken.IsCancellationRequested)
        {
            throw new TaskCanceledException(new OperationCanceledException().Message, failure.InnerException, cancellationToken);
        }
        catch (ChannelException lost)
        {
            throw new IOException(lost.Message, lost);
        }
        catch (GrpcFailureException failure)
        {
            if (failure.Kind == GrpcFailureKind.Connect)
            {
                servers?.Refresh();
            }

            throw Failure(failure);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            replaced?.Dispose();
        }

        base.Dispose(disposing);
    }

    private GrpcCallHead Head(HttpRequestMessage request, GrpcAddresses? found, bool waits)
    {
        var userAgent = "";
        var acceptEncoding = "";
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            switch (name.ToLowerInvariant())
            {
                case "user-agent":
                    userAgent = values.ToString();
                    break;
                case "grpc-accept-encoding":
                    acceptEncoding = values.ToString();
                    break;
                case "te":
                    break;
                default:
                    headers.AddRange(values.Select(value => KeyValuePair.Create(name, value)));
                    break;
            }
        }

        if (Activity.Current is { } trace)
        {
            RequestHeaders.AddTrace(headers, trace);
        }

        var address = request.RequestUri!;
        var method = new GrpcMethodHead
        {
            // What kind of call it is does not show here; this one is the others' most general form.
            Kind = GrpcCallKind.Duplex,
            Scheme = address.Scheme,
            Authority = servers is null ? address.Authority : servers.Authority,
            Path = address.AbsolutePath,
            UserAgent = userAgent,
            AcceptEncoding = acceptEncoding,
            // Each attempt is a call of its own, so that the backend chooses its server anew.
            Balancing = found?.Balancing ?? GrpcBalancing.None,
            Addresses = found?.Addresses ?? [],
        };
        return new GrpcCallHead
        {
            Method = method.Encode(),
            Flags = waits ? GrpcCallFlags.WaitForReady : GrpcCallFlags.None,
            // The library sends the header by itself, and watches the deadline.
            TimeoutMilliseconds = -1,
            Headers = headers,
        };
    }

    private static HttpResponseMessage Response(HttpRequestMessage request, LibraryAnswer answer, GrpcResponseHead head)
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)head.Status)
        {
            RequestMessage = request,
            Version = new Version(head.Version / 10, head.Version % 10),
            Content = new StreamContent(answer),
        };
        if (head.ContentType is { } type)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var (name, value) in head.Fields.ToArray())
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        answer.Response = response;
        return response;
    }

    private Exception Failure(GrpcFailureException failure) =>
        failure.Kind switch
        {
            GrpcFailureKind.Refused => new RpcException(
                GrpcStatus.FromException(GrpcStatus.StartFailed, failure.Cause, failure.Status),
                new Metadata { { Drop, bool.TrueString } }
            ),
            GrpcFailureKind.Connect when servers is not null && GrpcStatus.Unresolved(servers.Authority, failure) is { } unresolved =>
                new RpcException(unresolved),
            GrpcFailureKind.Connect when connectsFirst => new RpcException(
                new Status(StatusCode.Unavailable, GrpcStatus.NotConnected, failure.Root)
            ),
            _ => failure.Cause,
        };
}
