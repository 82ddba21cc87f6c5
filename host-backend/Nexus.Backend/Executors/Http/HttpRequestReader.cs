using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Text;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Http;

/// <summary>Makes the request to send from a guest's head, of which nothing is taken unchecked.</summary>
internal static class HttpRequestReader
{
    private const int DefaultExpectMs = 1000;
    private const int DefaultMaxHeadersKb = 64;
    private const int MostHeadersKb = 1024;
    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\0\r\n");

    /// <summary>Headers about the next hop, which is the backend's; how the body is delimited follows from the head.</summary>
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "Upgrade",
        "HTTP2-Settings",
        "Proxy-Authorization",
        "Proxy-Connection",
    };

    /// <param name="head">From the guest.</param>
    /// <param name="call">Brings the body.</param>
    /// <param name="policy">Where the function may go.</param>
    /// <param name="key">The pool to send it through.</param>
    /// <exception cref="NexusException">NEXUS0620, NEXUS0621 or NEXUS0623.</exception>
    public static HttpRequestMessage Read(HttpRequestHead head, ChannelCall call, UpstreamPolicy policy, out HttpPoolKey key)
    {
        var toThisMachine = policy.Admit(head.Scheme, head.Authority);
        Require(
            head.Method.Length > 0 && !head.Method.AsSpan().ContainsAnyExcept(Token) && head.Method != "CONNECT",
            $"method {head.Method}"
        );
        Require(head.Target.StartsWith('/') && !head.Target.AsSpan().ContainsAnyExceptInRange('!', '~'), $"target {head.Target}");
        var message = new HttpRequestMessage(
            new HttpMethod(head.Method),
            new Uri(
                $"{head.Scheme}://{head.Authority}{head.Target}",
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
            )
        )
        {
            Version =
                Version.TryParse(head.Version, out var version) && version.Major is >= 1 and <= 3
                    ? version
                    : throw Refuse($"version {head.Version}"),
        };
        try
        {
            key = ReadProperties(head, message, policy, toThisMachine, out var expects);
            if (head.ContentLength != 0 || head.Headers.Any(static header => IsContentHeader(header.Key)))
            {
                message.Content = new HttpRingContent(call, head.ContentLength, announces: expects);
            }

            AddHeaders(head, message, policy, expects);
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private static HttpPoolKey ReadProperties(
        HttpRequestHead head,
        HttpRequestMessage message,
        UpstreamPolicy policy,
        bool toThisMachine,
        out bool expects
    )
    {
        expects = false;
        var key = new HttpPoolKey(toThisMachine, null, false, DefaultMaxHeadersKb, -1, DefaultExpectMs);
        foreach (var (name, value) in head.Properties)
        {
            switch (name)
            {
                case HttpProperty.VersionPolicy:
                    message.VersionPolicy =
                        value == "exact" ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrHigher;
                    break;
                case HttpProperty.Expect:
                    expects = true;
                    key = key with { ExpectTimeoutMs = Number(value, name, least: -1, most: int.MaxValue - 1) };
                    break;
                case HttpProperty.MaxResponseHeaders:
                    key = key with { MaxResponseHeadersKb = Math.Min(MostHeadersKb, Number(value, name, least: 1, most: int.MaxValue)) };
                    break;
                case HttpProperty.ConnectTimeout:
                    key = key with { ConnectTimeoutMs = Number(value, name, least: 1, most: int.MaxValue - 1) };
                    break;
                case HttpProperty.Proxy when value == "direct":
                    key = key with { IsDirect = true };
                    break;
                case HttpProperty.Proxy:
                    key = key with { Proxy = ReadProxy(value, policy) };
                    break;
                default:
                    throw Refuse($"property {name}");
            }
        }

        return key;
    }

    /// <summary>A proxy that the function names is one more place it goes to.</summary>
    private static Uri ReadProxy(string value, UpstreamPolicy policy)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var proxy))
        {
            throw Refuse($"proxy {value}");
        }

        policy.Admit(proxy.Scheme, proxy.Authority);
        return proxy;
    }

    private static void AddHeaders(HttpRequestHead head, HttpRequestMessage message, UpstreamPolicy policy, bool expects)
    {
        foreach (var (name, value) in head.Headers)
        {
            Require(name.Length > 0 && !name.AsSpan().ContainsAnyExcept(Token), $"header name {Shown(name)}");
            Require(!value.AsSpan().ContainsAny(LineEnds) && !value.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff'), $"value of {name}");
            if (Refused.Contains(name))
            {
                throw Refuse($"header {name}");
            }

            switch (name.ToUpperInvariant())
            {
                case "HOST":
                    // Another host's name on an allowed connection would reach that host wherever one machine serves both.
                    policy.Admit(head.Scheme, value);
                    message.Headers.Host = value;
                    break;
                // How the body is delimited follows from the head, at the place where the library wrote it.
                case "CONTENT-LENGTH":
                    message.Content?.Headers.ContentLength = head.ContentLength < 0 ? null : head.ContentLength;
                    break;
                case "TRANSFER-ENCODING":
                    Require(value.Equals("chunked", StringComparison.OrdinalIgnoreCase), $"Transfer-Encoding: {value}");
                    message.Headers.TransferEncodingChunked = head.ContentLength < 0 ? true : null;
                    break;
                case "EXPECT":
                    message.Headers.ExpectContinue = expects ? true : null;
                    break;
                case "CONNECTION":
                    Require(!value.Contains("upgrade", StringComparison.OrdinalIgnoreCase), $"Connection: {value}");
                    message.Headers.TryAddWithoutValidation(name, value);
                    break;
                default:
                    if (!message.Headers.TryAddWithoutValidation(name, value))
                    {
                        message.Content?.Headers.TryAddWithoutValidation(name, value);
                    }

                    break;
            }
        }

        if (message.Content is { } content)
        {
            message.Headers.TransferEncodingChunked = head.ContentLength < 0 ? true : null;
            content.Headers.ContentLength = head.ContentLength < 0 ? null : head.ContentLength;
        }
    }

    private static bool IsContentHeader(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Allow", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase);

    private static int Number(string value, string name, int least, int most) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
            ? number
            : throw Refuse($"{name} {value}");

    private static void Require(bool isRight, string value)
    {
        if (!isRight)
        {
            throw Refuse(value);
        }
    }

    private static NexusException Refuse(string value) => HttpCallDiagnostics.BadRequest.With(Shown(value));

    private static string Shown(string value)
    {
        var text = new StringBuilder(Math.Min(value.Length, 200));
        foreach (var character in value.AsSpan(0, Math.Min(value.Length, 200)))
        {
            text.Append(char.IsControl(character) ? '?' : character);
        }

        return text.ToString();
    }
}
