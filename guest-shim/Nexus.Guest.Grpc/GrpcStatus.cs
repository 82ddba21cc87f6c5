using System.Net.Http;
using System.Text;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>Statuses and metadata as the library reads them from headers, and the texts it gives its own.</summary>
internal static class GrpcStatus
{
    public const string StartFailed = "Error starting gRPC call.";
    public const string ReadFailed = "Error reading next message.";
    public const string NotConnected = "Error connecting to subchannel.";
    private const int HttpOk = 200;
    private const int Http2 = 20;
    private const string ContentType = "application/grpc";
    private const string BinarySuffix = "-bin";

    public static readonly Status Disposed = new(StatusCode.Cancelled, "gRPC call disposed.");
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "");
    public static readonly Status NoMessage = new(StatusCode.Internal, "Failed to deserialize response message.");

    public static readonly Status OkWithoutMessage = new(
        StatusCode.Internal,
        "Failed to deserialize response message. The response header contains a gRPC status of OK, which means any message returned to the client for this call should be ignored. "
            + "A unary or client streaming gRPC call must have a response message, which makes this response invalid."
    );

    public static Status CanceledByClient(Exception cause) => new(StatusCode.Cancelled, "Call canceled by the client.", cause);

    /// <summary>The status in a field list; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">It is not a number, or there are several.</exception>
    public static Status? Find(GrpcFields fields)
    {
        if (fields.Find("grpc-status"u8) is not { } text)
        {
            return null;
        }

        if (!int.TryParse(text, out var code))
        {
            throw new InvalidOperationException("Unexpected grpc-status value: " + text);
        }

        var message = fields.Find("grpc-message"u8);
        return new Status((StatusCode)code, string.IsNullOrEmpty(message) ? "" : Uri.UnescapeDataString(message));
    }

    /// <summary>The status at an answer's end.</summary>
    public static Status AtEnd(GrpcFields trailers, GrpcFields headers)
    {
        try
        {
            return Find(trailers) ?? Find(headers) ?? new Status(StatusCode.Cancelled, "No grpc-status found on response.");
        }
        catch (Exception unreadable) when (unreadable is InvalidOperationException or UriFormatException)
        {
            return new Status(StatusCode.Cancelled, unreadable.Message, unreadable);
        }
    }

    /// <summary>A status that the response headers decide by themselves; null when the answer's messages follow.</summary>
    public static Status? FromHead(GrpcResponseHead head)
    {
        if (Find(head.Fields) is { } status)
        {
            return status;
        }

        if (head.Version < Http2)
        {
            return new Status(
                StatusCode.Internal,
                $"Bad gRPC response. Response protocol downgraded to HTTP/{head.Version / 10}.{head.Version % 10}."
            );
        }

        if (head.Status != HttpOk)
        {
            return new Status(FromHttp(head.Status), $"Bad gRPC response. HTTP status code: {head.Status}");
        }

        if (head.ContentType is null)
        {
            return new Status(StatusCode.Cancelled, "Bad gRPC response. Response did not have a content-type header.");
        }

        return IsGrpc(head.ContentType)
            ? null
            : new Status(StatusCode.Cancelled, "Bad gRPC response. Invalid content-type value: " + head.ContentType);
    }

    /// <summary>Header fields as metadata, without those that are gRPC's own.</summary>
    /// <exception cref="FormatException">A binary value is not base64.</exception>
    public static Metadata ToMetadata(GrpcFields fields)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in fields.ToArray())
        {
            if (IsReserved(name))
            {
                continue;
            }

            if (name.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase))
            {
                metadata.Add(name, FromBase64(value));
            }
            else
            {
                metadata.Add(name, value);
            }
        }

        return metadata;
    }

    /// <summary>A status for an exception, in the library's words.</summary>
    public static Status FromException(string summary, Exception exception, StatusCode? code = null) =>
        new(code ?? CodeFor(exception), $"{summary} {Describe(exception)}", exception);

    /// <summary>For a name that leads nowhere, as the library's own resolver says it; null when that is not what failed.</summary>
    public static Status? Unresolved(string authority, GrpcFailureException failure) =>
        failure.Cause is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            ? FromException(
                $"Error getting DNS hosts for address '{new Uri($"http://{authority}").Host}'.",
                failure.Root,
                StatusCode.Unavailable
            )
            : null;

    private static StatusCode CodeFor(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is IOException)
            {
                return StatusCode.Unavailable;
            }
        }

        return StatusCode.Internal;
    }

    private static string Describe(Exception exception)
    {
        var text = new StringBuilder();
        for (var current = exception; current is not null; current = current.InnerException)
        {
            text.Append(text.Length > 0 ? " " : "").Append(current.GetType().Name).Append(": ").Append(current.Message);
        }

        return text.ToString();
    }

    private static bool IsGrpc(string contentType) =>
        contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+');

    private static bool IsReserved(string name) =>
        name.StartsWith(':')
        || name.ToLowerInvariant()
            is "grpc-status"
                or "grpc-message"
                or "grpc-encoding"
                or "grpc-accept-encoding"
                or "content-encoding"
                or "content-type";

    private static byte[] FromBase64(string value) =>
        (value.Length % 4) switch
        {
            0 => Convert.FromBase64String(value),
            2 => Convert.FromBase64String(value + "=="),
            3 => Convert.FromBase64String(value + "="),
            _ => throw new FormatException("Invalid Base-64 header value."),
        };

    private static StatusCode FromHttp(int status) =>
        status switch
        {
            400 or 431 => StatusCode.Internal,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.Unimplemented,
            429 or 502 or 503 or 504 => StatusCode.Unavailable,
            >= 100 and < 200 => StatusCode.Internal,
            _ => StatusCode.Unknown,
        };
}
