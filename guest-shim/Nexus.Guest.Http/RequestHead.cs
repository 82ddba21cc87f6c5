using System.Globalization;
using System.Net;
using System.Text;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http;

/// <summary>Writes what the library would have put on the wire, and what only the backend needs to know, into the call's head.</summary>
internal static class RequestHead
{
    private const string NotAscii = "Request headers must contain only ASCII characters.";

    /// <exception cref="HttpRequestException">The request cannot be sent: NEXUS0600, NEXUS0603 or NEXUS0604, or as the library says.</exception>
    public static HttpRequestHead Of(HttpRequestMessage request, HandlerSettings settings)
    {
        var uri = request.RequestUri!;
        if ((settings.RefusedAlways ?? (uri.Scheme == Uri.UriSchemeHttps ? settings.RefusedForTls : null)) is { } setting)
        {
            throw HttpFaults.Refuse(HttpStubDiagnostics.SettingNeedsConnection.With(setting));
        }

        var head = new HttpRequestHead
        {
            Method = request.Method.Method,
            Scheme = uri.Scheme,
            Authority = uri.IsDefaultPort ? Host(uri) : string.Create(CultureInfo.InvariantCulture, $"{Host(uri)}:{uri.Port}"),
            Target = uri.PathAndQuery,
            Version = request.Version.ToString(2),
            ContentLength = request.Content is { } content ? content.Headers.ContentLength ?? -1 : 0,
            Properties = Properties(request, settings),
            Headers = Headers(request, settings),
        };
        return head.MaxBytes <= ChannelLayout.MaxHeadBytes || Fits(head)
            ? head
            : throw HttpFaults.Refuse(HttpStubDiagnostics.HeadTooLarge.With(uri.GetLeftPart(UriPartial.Authority)));
    }

    private static string Host(Uri uri) => uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;

    private static bool Fits(HttpRequestHead head)
    {
        if (head.MaxBytes > ChannelLayout.MaxBlockBytes)
        {
            return false;
        }

        var writer = new MessageWriter(new byte[head.MaxBytes]);
        head.Write(ref writer);
        return writer.Length <= ChannelLayout.MaxHeadBytes;
    }

    private static List<KeyValuePair<string, string>> Properties(HttpRequestMessage request, HandlerSettings settings)
    {
        var properties = new List<KeyValuePair<string, string>>();
        if (request.VersionPolicy != HttpVersionPolicy.RequestVersionOrLower)
        {
            Add(HttpProperty.VersionPolicy, request.VersionPolicy == HttpVersionPolicy.RequestVersionExact ? "exact" : "higher");
        }

        if (Expects(request))
        {
            Add(HttpProperty.Expect, Milliseconds(settings.ExpectContinueTimeout));
        }

        if (settings.MaxResponseHeaders != HandlerSettings.DefaultMaxResponseHeaders)
        {
            Add(HttpProperty.MaxResponseHeaders, settings.MaxResponseHeaders.ToString(CultureInfo.InvariantCulture));
        }

        if (settings.ConnectTimeout != Timeout.InfiniteTimeSpan)
        {
            Add(HttpProperty.ConnectTimeout, Milliseconds(settings.ConnectTimeout));
        }

        if (Proxy(request.RequestUri!, settings) is { } proxy)
        {
            Add(HttpProperty.Proxy, proxy);
        }

        return properties;

        void Add(string name, string value) => properties.Add(new KeyValuePair<string, string>(name, value));
    }

    /// <summary>Whether the content waits for the service's word.</summary>
    public static bool Expects(HttpRequestMessage request) => request.Content is not null && request.Headers.ExpectContinue == true;

    private static string Milliseconds(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan ? "-1" : ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static string? Proxy(Uri uri, HandlerSettings settings)
    {
        if (!settings.UseProxy)
        {
            return "direct";
        }

        var proxy = settings.Proxy ?? HttpClient.DefaultProxy;
        var through = proxy.IsBypassed(uri) ? null : proxy.GetProxy(uri);
        if (through is null || through == uri)
        {
            return settings.Proxy is null ? null : "direct";
        }

        return (proxy.Credentials ?? settings.ProxyCredentials) is null && through.UserInfo.Length == 0
            ? through.GetLeftPart(UriPartial.Authority)
            : throw HttpFaults.Refuse(HttpStubDiagnostics.ProxyCredentials.With(through.GetLeftPart(UriPartial.Authority)));
    }

    private static List<KeyValuePair<string, string>> Headers(HttpRequestMessage request, HandlerSettings settings)
    {
        var headers = new List<KeyValuePair<string, string>>();
        Add(request.Headers.NonValidated);
        if (settings.Cookies?.GetCookieHeader(request.RequestUri!) is { Length: > 0 } cookies)
        {
            headers.Add(new KeyValuePair<string, string>("Cookie", cookies));
        }

        if (request.Content is { } content)
        {
            Add(content.Headers.NonValidated);
        }

        return headers;

        void Add(System.Net.Http.Headers.HttpHeadersNonValidated fields)
        {
            foreach (var (name, values) in fields)
            {
                var encoding = settings.RequestEncoding?.Invoke(name, request);
                foreach (var value in values)
                {
                    headers.Add(new KeyValuePair<string, string>(name, Encode(value, encoding)));
                }
            }
        }
    }

    /// <summary>One character for each byte on the wire.</summary>
    private static string Encode(string value, Encoding? encoding) =>
        encoding is not null ? Encoding.Latin1.GetString(encoding.GetBytes(value))
        : Ascii.IsValid(value) ? value
        : throw new HttpRequestException(NotAscii);
}
