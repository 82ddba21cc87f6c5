using System.Runtime.CompilerServices;
using Grpc.Net.Client.Configuration;
using Nexus.Channel;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>
/// Channels whose service config has retries or hedging. The library's own code carries them out: it keeps the messages, counts attempts and tokens, waits and commits. Only what
/// it sends its HTTP requests through is another one.
/// </summary>
internal static class LibraryChannel
{
    /// <summary>Options for such a channel in place of the program's; null for any other channel.</summary>
    /// <exception cref="NotSupportedException">NEXUS0750 to NEXUS0754.</exception>
    public static GrpcChannelOptions? Options(ChannelPeer peer, Uri address, GrpcChannelOptions options)
    {
        if (options.ServiceConfig is not { } config || !config.MethodConfigs.Any(IsRepeated))
        {
            return null;
        }

        NetClientTarget.Check(address, options);
        if (!NetClientTarget.IsHttp(address))
        {
            throw new NotSupportedException(GrpcStubDiagnostics.UnknownScheme.With(address.OriginalString).Message);
        }

        var replaced = options.DisposeHttpClient ? (IDisposable?)options.HttpHandler ?? options.HttpClient : null;
        var changed = (GrpcChannelOptions)Clone(options);
        changed.HttpHandler = new LibraryHandler(peer, HandlerCheck.ConnectsFirst(options), replaced);
        changed.HttpClient = null;
        changed.ServiceConfig = WithoutBalancing(config);
        return changed;
    }

    private static bool IsRepeated(MethodConfig method) => method.RetryPolicy is not null || method.HedgingPolicy is not null;

    /// <summary>One address leaves nothing to balance, and the library wants its own handler for it.</summary>
    private static ServiceConfig WithoutBalancing(ServiceConfig config)
    {
        var kept = new ServiceConfig { RetryThrottling = config.RetryThrottling };
        foreach (var method in config.MethodConfigs)
        {
            kept.MethodConfigs.Add(method);
        }

        return kept;
    }

    // Whatever options the version at hand has.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "MemberwiseClone")]
    private static extern object Clone(object options);
}
