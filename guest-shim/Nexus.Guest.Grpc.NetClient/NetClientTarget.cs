using Grpc.Net.Client.Configuration;
using Nexus.Channel;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>Reads a channel's options: each is honoured, is the backend's to decide, or is refused.</summary>
internal static class NetClientTarget
{
    private static readonly string[] OwnPolicies = [LoadBalancingConfig.PickFirstPolicyName, LoadBalancingConfig.RoundRobinPolicyName];

    /// <exception cref="NotSupportedException">NEXUS0750 to NEXUS0754.</exception>
    public static GrpcTarget Create(ChannelPeer peer, Uri address, GrpcChannelOptions options)
    {
        Check(address, options);
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

    /// <exception cref="NotSupportedException">NEXUS0752 to NEXUS0754.</exception>
    public static void Check(Uri address, GrpcChannelOptions options)
    {
        if (options.HttpVersion is { } version && version != System.Net.HttpVersion.Version20)
        {
            throw new NotSupportedException(GrpcStubDiagnostics.NotHttp2.With(version.ToString()).Message);
        }

        if (address.Scheme is not ("http" or "https"))
        {
            throw new NotSupportedException(GrpcStubDiagnostics.UnknownScheme.With(address.OriginalString).Message);
        }

        // With one address the library's own policies do the same: nothing.
        if (
            options.ServiceConfig?.LoadBalancingConfigs.FirstOrDefault(static policy => !OwnPolicies.Contains(policy.PolicyName)) is
            { } foreign
        )
        {
            throw new NotSupportedException(GrpcStubDiagnostics.Balancer.With(foreign.PolicyName).Message);
        }
    }
}
