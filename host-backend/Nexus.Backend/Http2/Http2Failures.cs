using System.Globalization;
using System.Net;

namespace Nexus.Backend.Http2;

/// <summary>
/// What goes wrong on a connection, as the exceptions and in the words of .NET's own HTTP client: they cross to the function, which must see what it would see in a
/// direct run.
/// </summary>
internal static class Http2Failures
{
    private static readonly string[] s_names =
    [
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ];

    /// <summary>The server broke the protocol.</summary>
    public static HttpProtocolException InvalidData(Http2ErrorCode code) =>
        Protocol("The HTTP/2 server sent invalid data on the connection.", code);

    /// <summary>The server said that it closes the connection.</summary>
    public static HttpProtocolException Closed(Http2ErrorCode code) => Protocol("The HTTP/2 server closed the connection.", code);

    /// <summary>The server ended one stream.</summary>
    public static HttpProtocolException Reset(Http2ErrorCode code) => Protocol("The HTTP/2 server reset the stream.", code);

    /// <summary>The server sent something else than its settings first.</summary>
    public static HttpIOException NotEstablished(Exception cause) =>
        new(
            HttpRequestError.InvalidResponse,
            "An HTTP/2 connection could not be established because the server did not complete the HTTP/2 handshake.",
            cause
        );

    /// <summary>The connection ended between two frames.</summary>
    public static HttpIOException EndedBetweenFrames() =>
        new(HttpRequestError.ResponseEnded, "The response ended prematurely while waiting for the next frame from the server.");

    /// <summary>The connection ended within a frame.</summary>
    public static HttpIOException EndedWithinFrame(int missing) =>
        new(
            HttpRequestError.ResponseEnded,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The response ended prematurely, with at least {missing} additional bytes expected."
            )
        );

    /// <summary>The server has its answers to pings and settings pile up.</summary>
    public static IOException TooMuchQueued() =>
        new("The HTTP/2 connection was aborted because the size of the frame queue exceeded an internal limit.");

    /// <summary>An answer's head is larger than the limit.</summary>
    public static HttpRequestException HeadTooLarge(int most) =>
        new(
            HttpRequestError.ConfigurationLimitExceeded,
            string.Create(CultureInfo.InvariantCulture, $"The HTTP response headers length exceeded the set limit of {most} bytes.")
        );

    /// <summary>A request's head is larger than the server takes.</summary>
    public static HttpRequestException RequestHeadTooLarge(long most) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The HTTP request headers length exceeded the server limit of {most} bytes."));

    /// <summary>What is wrong with an answer's head.</summary>
    public static HttpRequestException InvalidResponse(string what = "The server returned an invalid or unrecognized response.") =>
        new(HttpRequestError.InvalidResponse, what);

    /// <summary>The request cannot be written as HTTP.</summary>
    public static HttpRequestException NotAscii() => new("Request headers must contain only ASCII characters.");

    /// <summary>What a request ended with that had no answer yet.</summary>
    public static HttpRequestException Unsent(Exception cause) =>
        cause switch
        {
            HttpIOException io => new HttpRequestException(io.HttpRequestError, io.Message, io),
            _ => new HttpRequestException(HttpRequestError.Unknown, "An error occurred while sending the request.", InAnswer(cause)),
        };

    /// <summary>What a request ended with that its server has ignored too often.</summary>
    public static HttpRequestException Ignored(Exception cause) =>
        new((cause as HttpIOException)?.HttpRequestError ?? HttpRequestError.Unknown, "The request was aborted.", cause);

    /// <summary>What an answer ended with that had begun.</summary>
    public static IOException InAnswer(Exception cause) => cause as HttpIOException ?? new IOException("The request was aborted.", cause);

    private static HttpProtocolException Protocol(string what, Http2ErrorCode code)
    {
        var name = (uint)code < s_names.Length ? s_names[(int)code] : "(unknown error)";
        return new HttpProtocolException(
            (long)code,
            string.Create(CultureInfo.InvariantCulture, $"{what} HTTP/2 error code '{name}' (0x{(uint)code:x})."),
            innerException: null
        );
    }
}
