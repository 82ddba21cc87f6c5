using System.Net.Sockets;
using System.Security.Authentication;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Guest.Http;

/// <summary>Turns what went wrong between here and the service into the exceptions a direct call would throw.</summary>
internal static class HttpFaults
{
    /// <summary>The library's own words for a request that broke while it was sent.</summary>
    private const string SendFailed = "An error occurred while sending the request.";

    /// <summary>The exceptions that the backend's HTTP stack raised, nested as it nested them.</summary>
    public static Exception Raise(string failure)
    {
        Exception? inner = null;
        foreach (var fault in HttpFault.Read(failure).Reverse())
        {
            inner = Raise(fault, inner);
        }

        return inner!;
    }

    /// <summary>The library says how many bytes are missing to those who read, not to those who have it copied.</summary>
    public static string WithoutCount(string failure)
    {
        var from = failure.IndexOf(", with at least ", StringComparison.Ordinal);
        var end = failure.IndexOf(" additional bytes expected", Math.Max(0, from), StringComparison.Ordinal);
        return from < 0 || end < 0 ? failure : failure.Remove(from, end + " additional bytes expected".Length - from);
    }

    /// <summary>The call ended without an answer.</summary>
    public static HttpRequestException From(ChannelException failure) =>
        failure.Code == AbortCode.DeadlineExceeded
            ? new HttpRequestException(failure.Message, new TimeoutException(failure.Message, failure))
            // Like a connection that broke: the kind of failure the library's users already retry.
            : new HttpRequestException(HttpRequestError.ConnectionError, failure.Message, failure);

    /// <summary>The answer's body ended without its end.</summary>
    public static IOException Interrupted(ChannelException failure) =>
        new HttpIOException(HttpRequestError.ResponseEnded, $"The response ended prematurely. {failure.Message}", failure);

    /// <summary>A refusal, as the library's users see failed requests.</summary>
    public static HttpRequestException Refuse(NexusException refusal) => new(refusal.Message, refusal);

    /// <summary>The request's content failed while it was sent.</summary>
    public static Exception FromContent(Exception failure) =>
        failure switch
        {
            HttpIOException http => new HttpRequestException(http.HttpRequestError, SendFailed, http),
            InvalidOperationException or IOException => new HttpRequestException(SendFailed, failure),
            _ => failure,
        };

    /// <summary>The library's exception for a wait that was cancelled, with what it finds beneath on a connection of HTTP/1.1.</summary>
    public static TaskCanceledException Canceled(Version version, CancellationToken cancellation) =>
        new(new OperationCanceledException().Message, version.Major >= 2 ? null : BrokenRead(), cancellation);

    private static IOException BrokenRead()
    {
        var socket = new SocketException((int)SocketError.OperationAborted);
        return new IOException($"Unable to read data from the transport connection: {socket.Message}.", socket);
    }

    private static Exception Raise(HttpFault fault, Exception? inner) =>
        fault.Kind switch
        {
            HttpFault.Request => new HttpRequestException((HttpRequestError)fault.Code, fault.Message, inner),
            HttpFault.HttpIo => new HttpIOException((HttpRequestError)fault.Code, fault.Message, inner),
            HttpFault.Protocol => new HttpProtocolException(fault.Code, fault.Message, inner),
            HttpFault.Socket => new SocketException((int)fault.Code, fault.Message),
            HttpFault.Authentication => new AuthenticationException(fault.Message, inner),
            HttpFault.Timeout => new TimeoutException(fault.Message, inner),
            HttpFault.Canceled => new TaskCanceledException(fault.Message, inner),
            HttpFault.InvalidOperation => new InvalidOperationException(fault.Message, inner),
            HttpFault.NotSupported => new NotSupportedException(fault.Message, inner),
            HttpFault.Refused => Refuse(HttpStubDiagnostics.BackendRefused.With(fault.Message)),
            _ => new IOException(fault.Message, inner),
        };
}
