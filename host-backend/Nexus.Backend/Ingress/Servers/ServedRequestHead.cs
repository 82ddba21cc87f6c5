using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Ingress.Servers;

/// <summary>Makes the head of a request for a guest from what Kestrel knows of it.</summary>
internal static class ServedRequestHead
{
    /// <param name="features">Kestrel's request.</param>
    /// <param name="scheme">The listener's own.</param>
    public static HttpRequestHead Of(IFeatureCollection features, string scheme)
    {
        var request = features.Get<IHttpRequestFeature>()!;
        var headers = Headers(request.Headers);
        var canHaveBody = features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        return new HttpRequestHead
        {
            Method = request.Method,
            Scheme = scheme,
            Authority = request.Headers.Host.ToString(),
            Target = request.RawTarget,
            Version = Version(request.Protocol),
            ContentLength = canHaveBody ? request.Headers.ContentLength ?? -1 : 0,
            Properties = Properties(features, request),
            Headers = headers,
        };
    }

    /// <summary>Whether the request may become a stream of bytes.</summary>
    public static bool IsUpgrade(IFeatureCollection features) =>
        features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        || features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static string Version(string protocol) =>
        protocol switch
        {
            "HTTP/2" => "2.0",
            "HTTP/1.1" => "1.1",
            "HTTP/1.0" => "1.0",
            _ => protocol["HTTP/".Length..],
        };

    private static KeyValuePair<string, string>[] Headers(IHeaderDictionary headers)
    {
        var fields = new List<KeyValuePair<string, string>>(headers.Count + 2);
        foreach (var (name, values) in headers)
        {
            for (var i = 0; i < values.Count; i++)
            {
                fields.Add(new KeyValuePair<string, string>(name, values[i] ?? ""));
            }
        }

        return [.. fields];
    }

    private static List<KeyValuePair<string, string>> Properties(IFeatureCollection features, IHttpRequestFeature request)
    {
        var properties = new List<KeyValuePair<string, string>>(6);
        void Add(string name, string value) => properties.Add(new KeyValuePair<string, string>(name, value));

        if (!IsPlain(request))
        {
            Add("path", request.Path);
            Add("query", request.QueryString);
        }

        if (features.Get<IHttpConnectionFeature>() is { } connection)
        {
            Add("connection", connection.ConnectionId);
            if (connection.RemoteIpAddress is { } remote)
            {
                Add("remote", new IPEndPoint(remote, connection.RemotePort).ToString());
            }

            if (connection.LocalIpAddress is { } local)
            {
                Add("local", new IPEndPoint(local, connection.LocalPort).ToString());
            }
        }

        if (features.Get<IHttpRequestIdentifierFeature>() is { } identifier)
        {
            Add("trace", identifier.TraceIdentifier);
        }

        if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
        {
            Add("upgrade", "");
        }

        if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            Add("connect", connect.Protocol ?? "");
        }

        return properties;
    }

    /// <summary>Whether path and query are the target as it stands: nothing escaped, no dots removed, not the absolute form.</summary>
    private static bool IsPlain(IHttpRequestFeature request)
    {
        var target = request.RawTarget.AsSpan();
        return target.Length == request.Path.Length + request.QueryString.Length
            && target.StartsWith(request.Path, StringComparison.Ordinal)
            && target.EndsWith(request.QueryString, StringComparison.Ordinal);
    }
}
