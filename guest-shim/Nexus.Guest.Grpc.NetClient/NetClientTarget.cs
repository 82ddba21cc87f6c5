using Nexus.Channel;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>Reads a channel's options: each is honoured, is the backend's to decide, or is refused.</summary>
internal static class NetClientTarget
{
    /// <exception cref="NotSupportedException">NEXUS0750 to NEXUS0754.</exception>
    public static GrpcTarget Create(ChannelPeer peer, Uri address, GrpcChannelOptions options)
    {
        if (options.HttpVersion is { } version && version != System.Net.HttpVersion.Version20)
        {
            throw new NotSupportedException(GrpcStubDiagnostics.NotHttp2.With(version.ToString()).Message);
        }

        if (address.Scheme is not ("http" or "https"))
        {
            throw new NotSupportedException(GrpcStubDiagnostics.UnknownScheme.With(address.OriginalString).Message);
        }

        if (
            options.ServiceConfig is { } config
            && (
                config.LoadBalancingConfigs.Count > 0
                || config.MethodConfigs.Any(static method => method.RetryPolicy is not null || method.HedgingPolicy is not null)
            )
        )
        {
            throw new NotSupportedException(GrpcStubDiagnostics.ServiceConfig.With(address.OriginalString).Message);
        }

        var (isSecure, callCredentials) = ChannelCredentialsReader.Read(address, options.Credentials);
        return new GrpcTarget
        {
            Peer = peer,
            Address = address,
            Scheme = address.Scheme,
            Authority = address.Authority,
            UserAgent = UserAgent.Text,
            ChannelType = typeof(GrpcChannel).FullName!,
            MaxSendBytes = options.MaxSendMessageSize,
            MaxReceiveBytes = options.MaxReceiveMessageSize,
            Compressions = ProviderCompression.Of(options.CompressionProviders),
            ThrowsOperationCanceled = options.ThrowOperationCanceledOnCancellation,
            UsesCallCredentials = isSecure || options.UnsafeUseInsecureChannelCallCredentials,
            CallCredentials = callCredentials,
            ConnectsFirst = HandlerCheck.ConnectsFirst(options),
        };
    }
}
