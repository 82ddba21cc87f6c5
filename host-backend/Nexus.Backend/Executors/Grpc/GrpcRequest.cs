using System.Buffers;
using System.Globalization;
using Nexus.Backend.Http2;
using Nexus.Backend.Http2.Hpack;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Makes the headers of a gRPC call.</summary>
internal static class GrpcRequest
{
    private static readonly SearchValues<char> s_controls = SearchValues.Create([
        .. Enumerable.Range(0, 128).Select(static code => (char)code).Where(static one => char.IsControl(one) && one != '\t'),
    ]);

    private static readonly HashSet<string> s_ofConnections = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade",
    };

    /// <summary>The header block of a call: what all calls of a method have in common, and the call's own fields.</summary>
    /// <exception cref="HttpRequestException">A value is not ASCII.</exception>
    /// <exception cref="NexusException">NEXUS0705.</exception>
    public static HeaderBlock Encode(GrpcRoute route, GrpcServer server, GrpcCallHead head)
    {
        var block = new HeaderBlock();
        block.Add(route.BlockAt(server));
        // Values of one name are one field, as .NET's client sends them.
        foreach (
            var field in CallFields(head).GroupBy(static field => field.Key, static field => field.Value, StringComparer.OrdinalIgnoreCase)
        )
        {
            block.Add(field.Key, string.Join(field.Key.Equals("cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ", ", field));
        }

        return block;
    }

    /// <summary>The part of a header block that is the same for every call of a method.</summary>
    public static HeaderBlock EncodeMethod(GrpcMethodHead method, GrpcServer server)
    {
        var block = new HeaderBlock();
        block.Add(":method", "POST");
        block.Add(":scheme", server.Address.Scheme);
        block.Add(":authority", server.Authority);
        block.Add(":path", method.Path);
        foreach (var (name, value) in MethodFields(method))
        {
            block.Add(name, value);
        }

        return block;
    }

    /// <summary>The same as a server in the node sees it.</summary>
    public static HttpRequestHead ForNode(GrpcRoute route, GrpcServer server, GrpcCallHead head) =>
        new()
        {
            Method = "POST",
            Scheme = server.Address.Scheme,
            Authority = server.Authority,
            Target = route.Method.Path,
            Version = "2.0",
            ContentLength = -1,
            Headers = [.. MethodFields(route.Method), .. CallFields(head)],
        };

    private static IEnumerable<KeyValuePair<string, string>> MethodFields(GrpcMethodHead method)
    {
        yield return new("content-type", "application/grpc");
        yield return Checked(new("user-agent", method.UserAgent));
        yield return new("te", "trailers");
        yield return Checked(new("grpc-accept-encoding", method.AcceptEncoding));
    }

    private static IEnumerable<KeyValuePair<string, string>> CallFields(GrpcCallHead head)
    {
        foreach (var field in head.Headers)
        {
            if (IsMetadata(field.Key))
            {
                yield return Checked(field);
            }
        }

        if (head.TimeoutMilliseconds >= 0)
        {
            yield return new("grpc-timeout", Timeout(head.TimeoutMilliseconds));
        }
    }

    /// <summary>
    /// What .NET's client would send. Not the host: which server is asked was judged by the route, and another name could reach another one behind the same address. And
    /// nothing that concerns the connection, which is not this function's alone.
    /// </summary>
    private static bool IsMetadata(string name) =>
        HeaderName.IsValid(name)
        && !name.Equals("host", StringComparison.OrdinalIgnoreCase)
        && !ContentHeaders.Contains(name)
        && !s_ofConnections.Contains(name);

    /// <summary>Some servers end the whole connection for a line break in a field, and with it the calls of others.</summary>
    private static KeyValuePair<string, string> Checked(KeyValuePair<string, string> field) =>
        field.Value.AsSpan().ContainsAny(s_controls) ? throw GrpcDiagnostics.BadMetadata.With(field.Key) : field;

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
