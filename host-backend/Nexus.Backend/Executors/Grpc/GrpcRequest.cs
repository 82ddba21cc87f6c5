using System.Buffers;
using System.Globalization;
using Nexus.Backend.Http2;
using Nexus.Backend.Http2.Hpack;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Makes the headers of a gRPC call.</summary>
internal static class GrpcRequest
{
    private static readonly HashSet<string> s_ofConnections = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection",
        "upgrade",
        "proxy-connection",
        "te",
    };

    /// <summary>The header block of a call: what all calls of a method have in common, and the call's own fields.</summary>
    /// <exception cref="HttpRequestException">A value is not ASCII.</exception>
    public static ReadOnlyMemory<byte> Encode(GrpcRoute route, GrpcServer server, GrpcCallHead head)
    {
        var block = new ArrayBufferWriter<byte>(512);
        block.Write(route.BlockAt(server));
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var field in CallFields(head))
        {
            if (HeaderName.IsValid(field.Key) && !ContentHeaders.Contains(field.Key) && !s_ofConnections.Contains(field.Key))
            {
                Add(fields, field);
            }
        }

        foreach (var (name, value) in fields)
        {
            HpackEncoder.Write(name, value, block);
        }

        return block.WrittenMemory;
    }

    /// <summary>The part of a header block that is the same for every call of a method.</summary>
    public static byte[] EncodeMethod(GrpcMethodHead method, GrpcServer server)
    {
        var block = new ArrayBufferWriter<byte>(512);
        HpackEncoder.Write(":method", "POST", block);
        HpackEncoder.Write(":scheme", server.Address.Scheme, block);
        HpackEncoder.Write(":authority", server.Authority, block);
        HpackEncoder.Write(":path", method.Path, block);
        HpackEncoder.Write("content-type", "application/grpc", block);
        foreach (var (name, value) in MethodFields(method))
        {
            HpackEncoder.Write(name, value, block);
        }

        return block.WrittenSpan.ToArray();
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
            Headers = [new("content-type", "application/grpc"), .. MethodFields(route.Method), .. CallFields(head)],
        };

    /// <summary>Values of one name are one field, as .NET's client sends them.</summary>
    private static void Add(List<KeyValuePair<string, string>> fields, KeyValuePair<string, string> added)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Key.Equals(added.Key, StringComparison.OrdinalIgnoreCase))
            {
                var separator = added.Key.Equals("cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ", ";
                fields[i] = new(added.Key, $"{fields[i].Value}{separator}{added.Value}");
                return;
            }
        }

        fields.Add(added);
    }

    private static IEnumerable<KeyValuePair<string, string>> MethodFields(GrpcMethodHead method)
    {
        yield return new("user-agent", method.UserAgent);
        yield return new("te", "trailers");
        yield return new("grpc-accept-encoding", method.AcceptEncoding);
    }

    private static IEnumerable<KeyValuePair<string, string>> CallFields(GrpcCallHead head)
    {
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
