using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>Statuses in the native library's words, as it was seen to give them.</summary>
internal static class LegacyStatus
{
    private const int HttpOk = 200;

    public static readonly Status Cancelled = new(StatusCode.Cancelled, "CANCELLED");
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "Deadline Exceeded");
    public static readonly Status NotDeserialized = new(StatusCode.Internal, "Failed to deserialize response message.");
    public static readonly Status NotConnected = new(StatusCode.Unavailable, "failed to connect to all addresses");
    public static readonly Status NotSecure = new(
        StatusCode.Unauthenticated,
        "Established channel does not have a sufficient security level to transfer call credential."
    );

    private static readonly Status StreamRemoved = new(StatusCode.Unknown, "Stream removed");
    private static readonly Status NoStatus = new(StatusCode.Unknown, "No status received");

    public static Status ReceivedTooLarge(uint length, int most) =>
        new(StatusCode.ResourceExhausted, $"Received message larger than max ({length} vs. {most})");

    public static Status SentTooLarge(int length, int most) =>
        new(StatusCode.ResourceExhausted, $"Sent message larger than max ({length} vs. {most})");

    public static Status NoToken(Exception failure) =>
        new(
            StatusCode.Unavailable,
            $"Getting metadata from plugin failed with error: Exception occurred in metadata credentials plugin. {failure}",
            failure
        );

    /// <summary>A status that the response headers decide by themselves; null when the answer's messages follow.</summary>
    public static Status? FromHead(GrpcResponseHead head) =>
        Find(head.Fields)
        ?? (
            head.Status != HttpOk && head.ContentType is null
                ? new Status(FromHttp(head.Status), $"Received http2 header with status: {head.Status}")
            : head.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is true ? null
            : StreamRemoved
        );

    /// <summary>The status at an answer's end.</summary>
    /// <param name="trailers">What came there.</param>
    /// <param name="isEmpty">Whether nothing came before it.</param>
    public static Status AtEnd(GrpcFields trailers, bool isEmpty) => Find(trailers) ?? (isEmpty ? NoStatus : StreamRemoved);

    /// <summary>Trailers as metadata, without those that are gRPC's own.</summary>
    public static Metadata Metadata(GrpcFields fields, ref Status status)
    {
        try
        {
            return GrpcStatus.ToMetadata(fields);
        }
        catch (FormatException)
        {
            status = StreamRemoved;
            return [];
        }
    }

    public static Status FromFailure(Exception failure) =>
        failure switch
        {
            RpcException known => known.Status,
            ChannelException { Code: AbortCode.DeadlineExceeded } => DeadlineExceeded,
            ChannelException lost => new Status(StatusCode.Unavailable, lost.Message, lost),
            GrpcFailureException { Kind: GrpcFailureKind.Connect } unreachable => With(NotConnected, unreachable.Root),
            GrpcFailureException { Kind: GrpcFailureKind.Refused } refused => new Status(
                refused.Status,
                refused.Root.Message,
                refused.Cause
            ),
            GrpcFailureException broken => FromExchange(broken),
            OperationCanceledException => Cancelled,
            InvalidDataException => StreamRemoved,
            _ => new Status(StatusCode.Unknown, failure.Message, failure),
        };

    /// <summary>The status in a field list; null when there is none.</summary>
    private static Status? Find(GrpcFields fields) =>
        fields.Find("grpc-status"u8) is { } text
            ? new Status(
                int.TryParse(text, out var code) ? (StatusCode)code : StatusCode.Unknown,
                Unescape(fields.Find("grpc-message"u8) ?? "")
            )
            : null;

    private static Status FromExchange(GrpcFailureException broken)
    {
        for (var current = broken.Cause; current is not null; current = current.InnerException)
        {
            switch (current)
            {
                // Whether a stream or the connection broke, only the text says.
                case HttpProtocolException connection when !connection.Message.Contains("reset the stream", StringComparison.Ordinal):
                    return With(NotConnected, broken.Cause);
                case HttpProtocolException reset:
                    return new Status(broken.Status, $"Received RST_STREAM with error code {reset.ErrorCode}", broken.Cause);
                case SocketException socket:
                    return new Status(StatusCode.Unavailable, socket.Message, broken.Cause);
                case AuthenticationException:
                case HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }:
                    return With(NotConnected, broken.Cause);
            }
        }

        return new Status(StatusCode.Unavailable, "Socket closed", broken.Cause);
    }

    private static Status With(Status status, Exception cause) => new(status.StatusCode, status.Detail, cause);

    /// <summary>Percent signs that begin no byte stay as they are.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var source = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (
                source[i] == '%'
                && i + 2 < source.Length
                && char.IsAsciiHexDigit((char)source[i + 1])
                && char.IsAsciiHexDigit((char)source[i + 2])
            )
            {
                source[length++] = Convert.FromHexString([(char)source[i + 1], (char)source[i + 2]])[0];
                i += 2;
            }
            else
            {
                source[length++] = source[i];
            }
        }

        return Encoding.UTF8.GetString(source, 0, length);
    }

    private static StatusCode FromHttp(int status) =>
        status switch
        {
            400 => StatusCode.Internal,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.Unimplemented,
            429 or 502 or 503 or 504 => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
}
