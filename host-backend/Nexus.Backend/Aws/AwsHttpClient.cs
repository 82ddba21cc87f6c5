using System.Net;
using System.Text;
using Nexus.Backend.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Aws;

/// <summary>
/// One pool of HTTP/1.1 connections for the node. Sends what it is given and nothing else: no redirects, cookies, decompression, tracing headers or
/// credentials of its own. Never connects to link-local addresses.
/// </summary>
public sealed class AwsHttpClient : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    /// <param name="pump">Its threads wait for the connections, and run what waited for them.</param>
    /// <param name="options">The pool's settings.</param>
    public AwsHttpClient(ChannelPump pump, AwsHttpOptions? options = null)
    {
        options ??= new AwsHttpOptions();
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = options.Proxy is not null,
            Proxy = options.Proxy is null ? null : new WebProxy(options.Proxy),
            PreAuthenticate = false,
            Credentials = null,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = options.ConnectionLifetime,
            PooledConnectionIdleTimeout = options.IdleTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            MaxResponseHeadersLength = 128,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
        PumpConnections.Use(handler, (context, cancellation) => ConnectAsync(context, pump, cancellation));
        _invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>Sends and returns when the response headers are there. A failed send is repeated by nobody below this.</summary>
    /// <exception cref="HttpRequestException">The endpoint was not reached or the connection broke.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the connection was not made in time.</exception>
    public async ValueTask<AwsHttpResponse> SendAsync(AwsHttpRequest request, CancellationToken cancellationToken)
    {
        (AwsHttpResponse? response, AwsBodyContent? content, Exception? failure) = await TrySendAsync(request, cancellationToken)
            .ConfigureAwait(false);
        if (response is not null)
        {
            return response;
        }
        throw content?.SourceFailure ?? failure!;
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>As <see cref="SendAsync"/>, but tells what became of the body, which decides whether another attempt is possible.</summary>
    internal async ValueTask<(AwsHttpResponse? Response, AwsBodyContent? Content, Exception? Failure)> TrySendAsync(
        AwsHttpRequest request,
        CancellationToken cancellationToken
    )
    {
        using var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), request.Endpoint.ToUri())
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        AwsBodyContent? tracked = null;
        HttpContent? content = null;
        if (request.Body is { } body)
        {
            content = body.Length == 0 ? new ByteArrayContent([]) : tracked = new AwsBodyContent(body);
        }
        message.Content = content;
        foreach (AwsHeader header in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(header.Name, header.Value))
            {
                content?.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }
        if (request.ExpectContinue)
        {
            message.Headers.ExpectContinue = true;
        }
        try
        {
            HttpResponseMessage response = await _invoker.SendAsync(message, cancellationToken).ConfigureAwait(false);
            try
            {
                Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                return (new AwsHttpResponse(response, stream, request.Endpoint.Authority), tracked, null);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
        catch (Exception e)
        {
            return (null, tracked, e);
        }
    }

    private static async ValueTask<PumpStream> ConnectAsync(
        SocketsHttpConnectionContext context,
        ChannelPump pump,
        CancellationToken cancellationToken
    )
    {
        string host = context.DnsEndPoint.Host;
        IPAddress[] addresses = IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        bool isPublic = AwsPublicHosts.Contains(host);
        foreach (IPAddress address in addresses)
        {
            // Whoever answers for a name must not be able to point signed requests at the metadata service or at this machine.
            if (AwsAddressRules.IsLinkLocal(address) || (isPublic && AwsAddressRules.IsThisMachine(address)))
            {
                throw AwsDiagnostics.MetadataAddress.With($"{host} resolves to {address}");
            }
        }
        return await PumpStream.ConnectAsync(addresses, context.DnsEndPoint.Port, pump, cancellationToken).ConfigureAwait(false);
    }
}
