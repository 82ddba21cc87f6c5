using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Http;

/// <summary>Describes a failure of the HTTP stack so that the guest can raise the same.</summary>
internal static class HttpFaultReader
{
    public static string Read(Exception failure) => HttpFault.Write(Chain(failure));

    private static IEnumerable<HttpFault> Chain(Exception failure)
    {
        for (var link = failure; link is not null; link = link.InnerException)
        {
            if (Refusal(link) is { } refusal)
            {
                // The stack wraps what the connect callback throws; the refusal itself is what the user is to read.
                return [new HttpFault(HttpFault.Refused, 0, refusal)];
            }
        }

        return Links(failure);
    }

    private static IEnumerable<HttpFault> Links(Exception failure)
    {
        for (var link = failure; link is not null; link = link.InnerException)
        {
            yield return link switch
            {
                HttpRequestException request => new HttpFault(HttpFault.Request, (long)request.HttpRequestError, request.Message),
                HttpProtocolException protocol => new HttpFault(HttpFault.Protocol, protocol.ErrorCode, Plain(protocol)),
                HttpIOException http => new HttpFault(HttpFault.HttpIo, (long)http.HttpRequestError, Plain(http)),
                SocketException socket => new HttpFault(HttpFault.Socket, (long)socket.SocketErrorCode, socket.Message),
                IOException io => new HttpFault(HttpFault.Io, 0, io.Message),
                AuthenticationException authentication => new HttpFault(HttpFault.Authentication, 0, authentication.Message),
                TimeoutException timeout => new HttpFault(HttpFault.Timeout, 0, timeout.Message),
                OperationCanceledException canceled => new HttpFault(HttpFault.Canceled, 0, canceled.Message),
                InvalidOperationException invalid => new HttpFault(HttpFault.InvalidOperation, 0, invalid.Message),
                NotSupportedException unsupported => new HttpFault(HttpFault.NotSupported, 0, unsupported.Message),
                _ => new HttpFault(HttpFault.Io, 0, link.Message),
            };
        }
    }

    private static string? Refusal(Exception link) => (link as NexusException)?.Message;

    /// <summary>The exception appends its error's name to its message, and so will the guest's.</summary>
    private static string Plain(HttpIOException failure)
    {
        var suffix = $" ({failure.HttpRequestError})";
        return failure.Message.EndsWith(suffix, StringComparison.Ordinal) ? failure.Message[..^suffix.Length] : failure.Message;
    }
}
