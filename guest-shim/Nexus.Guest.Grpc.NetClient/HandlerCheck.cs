using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Nexus.Diagnostics;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>
/// Judges what a channel would have sent its requests through. Settings that only tune connections are the backend's to make; code of the function's own, and
/// connections that the backend does not make, are refused rather than left out in silence.
/// </summary>
internal static class HandlerCheck
{
    /// <summary>What a plain handler is where HttpClient goes through the channel too.</summary>
    private const string ChannelHandler = "Nexus.Guest.Http.ChannelClientHandler";

    // The library marks handlers whose connect callback is its own.
    private const string LibrarysMark = "IsSocketsHttpHandlerSetup";

    // What client factories put around every handler: they log and measure HTTP requests, and change nothing.
    private static readonly string[] Onlookers =
    [
        "Microsoft.Extensions.Http.LifetimeTrackingHttpMessageHandler",
        "Microsoft.Extensions.Http.Logging.LoggingScopeHttpMessageHandler",
        "Microsoft.Extensions.Http.Logging.LoggingHttpMessageHandler",
        "System.Net.Http.DiagnosticsHandler",
        "System.Net.Http.MetricsHandler",
    ];

    /// <summary>Whether the library would connect by itself before it sends.</summary>
    /// <exception cref="NotSupportedException">NEXUS0750 or NEXUS0751.</exception>
    public static bool ConnectsFirst(GrpcChannelOptions options)
    {
        if (options.HttpClient is { } client)
        {
            if (client.DefaultRequestHeaders.Any())
            {
                throw Refusal(GrpcStubDiagnostics.CustomHandler, "HttpClient.DefaultRequestHeaders");
            }

            Check(HandlerOf(client));
            return false;
        }

        return options.HttpHandler is null || Check(options.HttpHandler) is SocketsHttpHandler;
    }

    private static HttpMessageHandler? Check(HttpMessageHandler? handler)
    {
        while (Behind(handler) is { } inner)
        {
            handler = inner;
        }

        switch (handler)
        {
            case SocketsHttpHandler sockets when handler.GetType() == typeof(SocketsHttpHandler):
                CheckSockets(sockets);
                break;
            case HttpClientHandler plain
                when handler.GetType() == typeof(HttpClientHandler) || handler.GetType().FullName == ChannelHandler:
                CheckPlain(plain);
                break;
            default:
                throw Refusal(GrpcStubDiagnostics.CustomHandler, handler?.GetType().FullName ?? "unknown handler");
        }

        return handler;
    }

    /// <summary>What a handler that changes nothing passes requests on to, or stands in for; null for any other.</summary>
    private static HttpMessageHandler? Behind(HttpMessageHandler? handler) =>
        handler switch
        {
            IStandInHandler standIn => standIn.Original,
            DelegatingHandler outer when Onlookers.Contains(outer.GetType().FullName) => outer.InnerHandler,
            _ => null,
        };

    private static void CheckSockets(SocketsHttpHandler handler)
    {
        var isLibrarys = handler.Properties.ContainsKey(LibrarysMark);
        RefuseIf(handler.ConnectCallback is not null && !isLibrarys, "ConnectCallback");
        RefuseIf(handler.PlaintextStreamFilter is not null, "PlaintextStreamFilter");
        RefuseIf(handler.Proxy is not null, "Proxy");
        RefuseIf(handler.Credentials is not null, "Credentials");
        RefuseIf(Any(handler.SslOptions.ClientCertificates), "ClientCertificates");
        RefuseIf(handler.SslOptions.RemoteCertificateValidationCallback is not null, "RemoteCertificateValidationCallback");
        RefuseIf(handler.SslOptions.LocalCertificateSelectionCallback is not null, "LocalCertificateSelectionCallback");
    }

    private static void CheckPlain(HttpClientHandler handler)
    {
        RefuseIf(handler.Proxy is not null, "Proxy");
        RefuseIf(handler.Credentials is not null, "Credentials");
        RefuseIf(
            handler.ClientCertificateOptions == ClientCertificateOption.Manual && Any(handler.ClientCertificates),
            "ClientCertificates"
        );
        RefuseIf(handler.ServerCertificateCustomValidationCallback is not null, "ServerCertificateCustomValidationCallback");
    }

    private static bool Any(X509CertificateCollection? certificates) => certificates is { Count: > 0 };

    private static void RefuseIf(bool isSet, string setting)
    {
        if (isSet)
        {
            throw Refusal(GrpcStubDiagnostics.ConnectionSetting, setting);
        }
    }

    private static NotSupportedException Refusal(Diagnostic diagnostic, string value) => new(diagnostic.With(value).Message);

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A missing field only means that the handler is refused.")]
    private static HttpMessageHandler? HandlerOf(HttpClient client) =>
        typeof(HttpMessageInvoker).GetField("_handler", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(client)
        as HttpMessageHandler;
}
