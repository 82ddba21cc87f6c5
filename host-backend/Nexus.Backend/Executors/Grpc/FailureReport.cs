using System.Net.Http;
using System.Net.Sockets;
using Nexus.Backend.Http2.Hpack;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Tells a guest what its call failed with, so that the library's own exception can be made there.</summary>
internal static class FailureReport
{
    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int Cancelled = 1;
    private const int ResourceExhausted = 8;
    private const int PermissionDenied = 7;

    public static GrpcFailure Of(Exception failure)
    {
        var causes = new List<GrpcCause>();
        var status = (int?)null;
        var isInput = false;
        var isConnect = false;
        NexusException? refusal = null;
        for (var current = failure; current is not null && causes.Count < GrpcFailure.MostCauses; current = current.InnerException)
        {
            causes.Add(GrpcFailure.Cause(NameOf(current), current.Message, Code(current)));
            status ??= current is HttpProtocolException protocol ? FromHttp2(protocol.ErrorCode) : null;
            isInput |= current is IOException or SocketException;
            // A connection that was there and broke has more between the two.
            isConnect |=
                current
                    is HttpRequestException
                    {
                        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
                        InnerException: SocketException,
                    };
            refusal ??= current as NexusException;
        }

        return refusal is not null
            ? Refusal(refusal)
            : new GrpcFailure
            {
                Kind = isConnect && status is null ? GrpcFailureKind.Connect : GrpcFailureKind.Exchange,
                Status = status ?? (isInput ? Unavailable : Internal),
                Causes = causes,
            };
    }

    public static GrpcFailure Refusal(NexusException refusal) =>
        new()
        {
            Kind = GrpcFailureKind.Refused,
            Status = Unavailable,
            Causes = [GrpcFailure.Cause(typeof(HttpRequestException).FullName!, refusal.Message, 0)],
        };

    /// <summary>The type that .NET's client would have thrown.</summary>
    private static string NameOf(Exception exception) =>
        exception is HpackException ? "System.Net.Http.HPack.HPackDecodingException" : exception.GetType().FullName!;

    private static long Code(Exception exception) =>
        exception switch
        {
            SocketException socket => socket.ErrorCode,
            HttpProtocolException protocol => protocol.ErrorCode,
            HttpIOException io => (long)io.HttpRequestError,
            HttpRequestException request => (long)request.HttpRequestError,
            _ => 0,
        };

    /// <summary>Status for an HTTP/2 error code, by gRPC's own table.</summary>
    private static int FromHttp2(long code) =>
        code switch
        {
            0x7 => Unavailable,
            0x8 => Cancelled,
            0xb => ResourceExhausted,
            0xc => PermissionDenied,
            _ => Internal,
        };
}
