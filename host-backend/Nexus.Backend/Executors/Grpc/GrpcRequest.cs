using System.Globalization;
using System.Net;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Makes the HTTP request of a gRPC call.</summary>
internal static class GrpcRequest
{
    public static HttpRequestMessage Create(GrpcRoute route, GrpcServer server, GrpcCallHead head, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, route.UriAt(server))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        foreach (var (name, value) in Fields(route.Method, head))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Host = server.Host;
        return request;
    }

    /// <summary>The same as a server in the node sees it.</summary>
    public static HttpRequestHead ForNode(GrpcRoute route, GrpcServer server, GrpcCallHead head) =>
        new()
        {
            Method = "POST",
            Scheme = server.Address.Scheme,
            Authority = server.Host ?? server.Address.Authority,
            Target = route.Method.Path,
            Version = "2.0",
            ContentLength = -1,
            Headers = [new("content-type", "application/grpc"), .. Fields(route.Method, head)],
        };

    private static IEnumerable<KeyValuePair<string, string>> Fields(GrpcMethodHead method, GrpcCallHead head)
    {
        yield return new("user-agent", method.UserAgent);
        yield return new("te", "trailers");
        yield return new("grpc-accept-encoding", method.AcceptEncoding);
        foreach (var field in head.Headers)
        {
            // Which server is asked was judged by the route; another name could reach another one behind the same address.
            if (!field.Key.Equals("host", StringComparison.OrdinalIgnoreCase) && !field.Key.StartsWith(':'))
            {
                yield return field;
            }
        }

        if (head.TimeoutMilliseconds >= 0)
        {
            yield return new("grpc-timeout", Timeout(head.TimeoutMilliseconds));
        }
    }

    /// <summary>At most eight digits and a unit, rounded up, as the protocol has it.</summary>
    private static string Timeout(long milliseconds)
    {
        const long most = 99_999_999;
        var (value, unit) =
            milliseconds <= 0 ? (1, 'n')
            : milliseconds <= most ? (milliseconds, 'm')
            : (Math.Min(most, (milliseconds + 999) / 1000), 'S');
        return value.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
