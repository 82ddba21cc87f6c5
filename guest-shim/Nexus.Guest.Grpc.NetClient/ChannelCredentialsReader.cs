namespace Nexus.Guest.Grpc.NetClient;

/// <summary>Takes a channel's credentials apart. The library has judged them before: what it refuses does not come here.</summary>
internal sealed class ChannelCredentialsReader : ChannelCredentialsConfiguratorBase
{
    private readonly List<CallCredentials> _callCredentials = [];
    private bool _isSecure;

    /// <summary>Whether the channel uses TLS, and the call credentials that go with every call.</summary>
    public static (bool IsSecure, IReadOnlyList<CallCredentials> CallCredentials) Read(Uri address, ChannelCredentials? credentials)
    {
        if (credentials is null)
        {
            return (address.Scheme == Uri.UriSchemeHttps, []);
        }

        var reader = new ChannelCredentialsReader();
        credentials.InternalPopulateConfiguration(reader, credentials);
        return (reader._isSecure, reader._callCredentials);
    }

    public override void SetInsecureCredentials(object state) => _isSecure = false;

    public override void SetSslCredentials(
        object state,
        string? rootCertificates,
        KeyCertificatePair? keyCertificatePair,
        VerifyPeerCallback? verifyPeerCallback
    ) => _isSecure = true;

    public override void SetCompositeCredentials(object state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        channelCredentials.InternalPopulateConfiguration(this, state);
        if (callCredentials is not null)
        {
            _callCredentials.Add(callCredentials);
        }
    }
}
