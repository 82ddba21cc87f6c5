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
    /// <summary>Address and options for such a channel in place of the program's; null for any other channel.</summary>
    /// <exception cref="NotSupportedException">NEXUS0750 to NEXUS0754.</exception>
    public static (Uri Address, GrpcChannelOptions Options)? Create(ChannelPeer peer, Uri address, GrpcChannelOptions options)
    {
        if (options.ServiceConfig is not { } config || !config.MethodConfigs.Any(IsRepeated))
        {
            return null;
        }

        NetClientTarget.Check(address, options);
        var replaced = options.DisposeHttpClient ? (IDisposable?)options.HttpHandler ?? options.HttpClient : null;
        var changed = (GrpcChannelOptions)Clone(options);
        var (isSecure, _) = ChannelCredentialsReader.Read(address, options.Credentials);
        var servers = NetClientTarget.IsHttp(address) ? null : ServerSource.Create(address, isSecure, options);
        changed.HttpHandler = new LibraryHandler(peer, HandlerCheck.ConnectsFirst(options), servers, replaced);
        changed.HttpClient = null;
        changed.ServiceConfig = WithoutBalancing(config);
        return (NetClientTarget.NameOf(address, isSecure), changed);
    }

    private static bool IsRepeated(MethodConfig method) => method.RetryPolicy is not null || method.HedgingPolicy is not null;

    /// <summary>The library has one address and nothing to balance, and wants its own handler for it; which server an attempt goes to is the backend's to choose.</summary>
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
