using System.Reflection;
using Grpc.Net.Client.Configuration;
using Nexus.Channel;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>Reads a channel's options: each is honoured, is the backend's to decide, or is refused.</summary>
internal static class NetClientTarget
{
    private static readonly string[] OwnPolicies = [LoadBalancingConfig.PickFirstPolicyName, LoadBalancingConfig.RoundRobinPolicyName];

    /// <summary>An option that versions of the library have since about 2.60; what else is new in them goes by it.</summary>
    private static readonly PropertyInfo? s_httpVersion = typeof(GrpcChannelOptions).GetProperty("HttpVersion");

    /// <exception cref="NotSupportedException">NEXUS0750 to NEXUS0754.</exception>
    public static GrpcTarget Create(ChannelPeer peer, Uri address, GrpcChannelOptions options)
    {
        Check(address, options);
        var (isSecure, callCredentials) = ChannelCredentialsReader.Read(address, options.Credentials);
        var scheme = isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        var servers = IsHttp(address) ? null : ServerSource.Create(address, isSecure, options);
        return new GrpcTarget
        {
            Peer = peer,
            Address = NameOf(address, isSecure),
            Scheme = servers is null ? address.Scheme : scheme,
            Authority = servers is null ? address.Authority : servers.Authority,
            Servers = servers,
            UserAgent = UserAgent.Text,
            ChannelType = typeof(GrpcChannel).FullName!,
            CallName = s_httpVersion is null ? "GrpcCall" : null,
            MaxSendBytes = options.MaxSendMessageSize,
            MaxReceiveBytes = options.MaxReceiveMessageSize,
            Compressions = ProviderCompression.Of(options.CompressionProviders),
            ThrowsOperationCanceled = options.ThrowOperationCanceledOnCancellation,
            UsesCallCredentials = isSecure || options.UnsafeUseInsecureChannelCallCredentials,
            CallCredentials = callCredentials,
            ConnectsFirst = HandlerCheck.ConnectsFirst(options),
        };
    }

    /// <exception cref="NotSupportedException">NEXUS0753 or NEXUS0754.</exception>
    public static void Check(Uri address, GrpcChannelOptions options)
    {
        if (s_httpVersion?.GetValue(options) is Version version && version != System.Net.HttpVersion.Version20)
        {
            throw new NotSupportedException(GrpcStubDiagnostics.NotHttp2.With(version.ToString()).Message);
        }

        if (ServerSource.HasOwnPolicies(options) is { } own)
        {
            throw new NotSupportedException(GrpcStubDiagnostics.Balancer.With(own).Message);
        }

        if (
            options.ServiceConfig?.LoadBalancingConfigs.FirstOrDefault(static policy => !OwnPolicies.Contains(policy.PolicyName)) is
            { } foreign
        )
        {
            throw new NotSupportedException(GrpcStubDiagnostics.Balancer.With(foreign.PolicyName).Message);
        }
    }

    /// <summary>The address as the library tells it to credentials of calls.</summary>
    public static Uri NameOf(Uri address, bool isSecure)
    {
        var scheme = isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        return IsHttp(address) ? address
            : address.Host.Length == 0 ? new Uri($"{scheme}://loadbalancer.temporary.invalid")
            : new Uri($"{scheme}://{address.Authority}");
    }

    /// <summary>Whether the address names one server.</summary>
    public static bool IsHttp(Uri address) => address.Scheme is "http" or "https";
}
