using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Nexus.Guest.AspNetCore;

/// <content>The request: its line, headers, body and where it came from.</content>
internal abstract partial class ServedRequest
    : IHttpRequestFeature,
        IRequestBodyPipeFeature,
        IHttpRequestBodyDetectionFeature,
        IHttpRequestTrailersFeature,
        IHttpRequestIdentifierFeature,
        IHttpConnectionFeature,
        IHttpMaxRequestBodySizeFeature,
        IHttpBodyControlFeature,
        IHttpMinRequestBodyDataRateFeature
{
    private Stream? _requestStream;

    public string Protocol { get; set; } = "";

    public string Scheme { get; set; } = "";

    public string Method { get; set; } = "";

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "";

    public string TraceIdentifier { get; set; } = "";

    public string ConnectionId { get; set; } = "";

    public IPAddress? RemoteIpAddress { get; set; }

    public int RemotePort { get; set; }

    public IPAddress? LocalIpAddress { get; set; }

    public int LocalPort { get; set; }

    public bool AllowSynchronousIO { get; set; }

    /// <summary>Data rates are the backend's to watch; the value is kept for the program to see.</summary>
    public MinDataRate? MinDataRate { get; set; }

    public bool IsReadOnly => Input.HasStarted || IsUpgraded;

    public long? MaxRequestBodySize
    {
        get;
        set
        {
            if (Input is { HasStarted: true })
            {
                throw new InvalidOperationException(
                    "The maximum request body size cannot be modified after the app has already started reading from the request body."
                );
            }

            if (value < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(value), "Value must be null or a non-negative number.");
            }

            field = value;
        }
    }

    IHeaderDictionary IHttpRequestFeature.Headers
    {
        get => RequestHeaders;
        set => RequestHeaders = value;
    }

    Stream IHttpRequestFeature.Body
    {
        get => _requestStream ??= new RequestBodyStream(this, Input);
        set => _requestStream = value;
    }

    PipeReader IRequestBodyPipeFeature.Reader => Input;

    bool IHttpRequestBodyDetectionFeature.CanHaveBody => _head.ContentLength != 0;

    bool IHttpRequestTrailersFeature.Available => Input.IsComplete;

    IHeaderDictionary IHttpRequestTrailersFeature.Trailers =>
        Input.IsComplete ? Input.Trailers : throw new InvalidOperationException("The request trailers are not available yet.");

    private IHeaderDictionary RequestHeaders { get; set; } = null!;

    /// <summary>Whether the request line is longer than the program allows: "GET /path HTTP/1.1" and the line's end.</summary>
    public bool IsLineTooLong => Method.Length + RawTarget.Length + 12 > _settings.Options.Limits.MaxRequestLineSize;

    /// <summary>The refusals that Kestrel makes before it calls the program, by the limits that the program has set.</summary>
    public BadHttpRequestException? FindRefusal()
    {
        var limits = _settings.Options.Limits;
        if (IsLineTooLong)
        {
            return new BadHttpRequestException("Request line too long.", StatusCodes.Status414UriTooLong);
        }

        if (_head.Headers.Count > limits.MaxRequestHeaderCount)
        {
            return new BadHttpRequestException("Request contains too many headers.", StatusCodes.Status431RequestHeaderFieldsTooLarge);
        }

        var bytes = 0;
        foreach (var (name, value) in _head.Headers)
        {
            bytes += name.Length + value.Length + 4;
        }

        return bytes > limits.MaxRequestHeadersTotalSize
            ? new BadHttpRequestException("Request headers too long.", StatusCodes.Status431RequestHeaderFieldsTooLarge)
            : null;
    }

    /// <summary>A program that starts to read a body longer than allowed is told so by its first read.</summary>
    public void OnReadStarting()
    {
        if (_head.ContentLength > MaxRequestBodySize)
        {
            throw BodyTooLarge();
        }
    }

    public BadHttpRequestException BodyTooLarge() =>
        new(
            $"Request body too large. The max request body size is {MaxRequestBodySize!.Value.ToString(CultureInfo.InvariantCulture)} bytes.",
            StatusCodes.Status413PayloadTooLarge
        );

    /// <summary>What a read gets when the caller is gone before the body was complete.</summary>
    public abstract Exception BodyCutShort();

    private void ReadRequest()
    {
        Protocol = _head.Version.StartsWith('1') ? $"HTTP/{_head.Version}" : "HTTP/2";
        Scheme = _head.Scheme;
        Method = _head.Method;
        RawTarget = _head.Target;
        string? path = null;
        string? query = null;
        foreach (var (name, value) in _head.Properties)
        {
            switch (name)
            {
                case "path":
                    path = value;
                    break;
                case "query":
                    query = value;
                    break;
                case "connection":
                    ConnectionId = value;
                    break;
                case "trace":
                    TraceIdentifier = value;
                    break;
                case "remote" when IPEndPoint.TryParse(value, out var remote):
                    (RemoteIpAddress, RemotePort) = (remote.Address, remote.Port);
                    break;
                case "local" when IPEndPoint.TryParse(value, out var local):
                    (LocalIpAddress, LocalPort) = (local.Address, local.Port);
                    break;
                default:
                    OnProperty(name, value);
                    break;
            }
        }

        ReadTarget(path, query);
        IHeaderDictionary headers = new HeaderDictionary(_head.Headers.Count + 1);
        foreach (var (name, value) in _head.Headers)
        {
            headers.Append(name, value);
        }

        if (headers.Host.Count == 0 && _head.Authority.Length > 0)
        {
            headers.Host = _head.Authority;
        }

        RequestHeaders = headers;
        if (Scheme == "https")
        {
            Features.Set<ITlsConnectionFeature>(new TlsConnectionFeature());
        }
    }

    /// <summary>Something this kind of request knows besides.</summary>
    protected virtual void OnProperty(string name, string value) { }

    /// <summary>The backend sends path and query apart where they are not the target as it stands.</summary>
    private void ReadTarget(string? path, string? query)
    {
        if (path is not null)
        {
            Path = path;
            QueryString = query ?? "";
            return;
        }

        var question = RawTarget.IndexOf('?', StringComparison.Ordinal);
        var escaped = question < 0 ? RawTarget : RawTarget[..question];
        Path = PathString.FromUriComponent(escaped).Value ?? "";
        QueryString = question < 0 ? "" : RawTarget[question..];
    }
}
