using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Nexus.Guest.Http;

/// <summary>What a handler was set to when its first request was sent.</summary>
internal sealed record HandlerSettings
{
    /// <summary>What the library takes when nothing is set, in KiB.</summary>
    public const int DefaultMaxResponseHeaders = 64;

    public required bool AllowAutoRedirect { get; init; }

    public required int MaxAutomaticRedirections { get; init; }

    /// <summary>Null when cookies are not used.</summary>
    public required CookieContainer? Cookies { get; init; }

    public required DecompressionMethods Decompression { get; init; }

    public required ICredentials? Credentials { get; init; }

    public required bool PreAuthenticate { get; init; }

    public required bool UseProxy { get; init; }

    public required IWebProxy? Proxy { get; init; }

    public required ICredentials? ProxyCredentials { get; init; }

    /// <summary>In KiB.</summary>
    public required int MaxResponseHeaders { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    public TimeSpan ExpectContinueTimeout { get; init; } = TimeSpan.FromSeconds(1);

    public HeaderEncodingSelector<HttpRequestMessage>? RequestEncoding { get; init; }

    public HeaderEncodingSelector<HttpRequestMessage>? ResponseEncoding { get; init; }

    /// <summary>Name of a setting that no request can be sent with; null for none.</summary>
    public string? RefusedAlways { get; init; }

    /// <summary>Name of a setting that no <c>https</c> request can be sent with; null for none.</summary>
    public string? RefusedForTls { get; init; }

    public static HandlerSettings Of(SocketsHttpHandler handler) =>
        new()
        {
            AllowAutoRedirect = handler.AllowAutoRedirect,
            MaxAutomaticRedirections = handler.MaxAutomaticRedirections,
            Cookies = handler.UseCookies ? handler.CookieContainer : null,
            Decompression = handler.AutomaticDecompression,
            Credentials = handler.Credentials,
            PreAuthenticate = handler.PreAuthenticate,
            UseProxy = handler.UseProxy,
            Proxy = handler.Proxy,
            ProxyCredentials = handler.DefaultProxyCredentials,
            MaxResponseHeaders = handler.MaxResponseHeadersLength,
            ConnectTimeout = handler.ConnectTimeout,
            ExpectContinueTimeout = handler.Expect100ContinueTimeout,
            RequestEncoding = handler.RequestHeaderEncodingSelector,
            ResponseEncoding = handler.ResponseHeaderEncodingSelector,
            RefusedAlways =
                handler.ConnectCallback is not null ? "SocketsHttpHandler.ConnectCallback"
                : handler.PlaintextStreamFilter is not null ? "SocketsHttpHandler.PlaintextStreamFilter"
                : null,
            RefusedForTls = TlsSetting(handler.SslOptions),
        };

    public static HandlerSettings Of(HttpClientHandler handler) =>
        new()
        {
            AllowAutoRedirect = handler.AllowAutoRedirect,
            MaxAutomaticRedirections = handler.MaxAutomaticRedirections,
            Cookies = handler.UseCookies ? handler.CookieContainer : null,
            Decompression = handler.AutomaticDecompression,
            Credentials = handler.Credentials,
            PreAuthenticate = handler.PreAuthenticate,
            UseProxy = handler.UseProxy,
            Proxy = handler.Proxy,
            ProxyCredentials = handler.DefaultProxyCredentials,
            MaxResponseHeaders = handler.MaxResponseHeadersLength,
            RefusedForTls =
                handler.ServerCertificateCustomValidationCallback is not null
                    ? "HttpClientHandler.ServerCertificateCustomValidationCallback"
                : handler.ClientCertificateOptions == ClientCertificateOption.Automatic ? "HttpClientHandler.ClientCertificateOptions"
                : handler.ClientCertificates.Count > 0 ? "HttpClientHandler.ClientCertificates"
                : handler.SslProtocols != SslProtocols.None ? "HttpClientHandler.SslProtocols"
                : handler.CheckCertificateRevocationList ? "HttpClientHandler.CheckCertificateRevocationList"
                : null,
        };

    private static string? TlsSetting(System.Net.Security.SslClientAuthenticationOptions? options) =>
        options is null ? null
        : options.RemoteCertificateValidationCallback is not null ? "SslOptions.RemoteCertificateValidationCallback"
        : options.LocalCertificateSelectionCallback is not null ? "SslOptions.LocalCertificateSelectionCallback"
        : options.ClientCertificates is { Count: > 0 } ? "SslOptions.ClientCertificates"
        : options.ClientCertificateContext is not null ? "SslOptions.ClientCertificateContext"
        : options.TargetHost is { Length: > 0 } ? "SslOptions.TargetHost"
        : options.EnabledSslProtocols != SslProtocols.None ? "SslOptions.EnabledSslProtocols"
        : options.CertificateRevocationCheckMode != X509RevocationMode.NoCheck ? "SslOptions.CertificateRevocationCheckMode"
        : options.CertificateChainPolicy is not null ? "SslOptions.CertificateChainPolicy"
        : options.CipherSuitesPolicy is not null ? "SslOptions.CipherSuitesPolicy"
        : null;
}
