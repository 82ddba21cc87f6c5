namespace Nexus.Guest.Grpc.Legacy;

/// <summary>Takes a channel's credentials apart. Whom to trust is the backend's to know; certificates and judgements of the function's own are refused.</summary>
internal sealed class LegacyCredentialsReader : ChannelCredentialsConfiguratorBase
{
    private readonly List<CallCredentials> _callCredentials = [];
    private bool _isSecure;

    /// <summary>Whether the channel uses TLS, and the call credentials that go with every call.</summary>
    /// <exception cref="NotSupportedException">NEXUS0756.</exception>
    public static (bool IsSecure, IReadOnlyList<CallCredentials> CallCredentials) Read(ChannelCredentials credentials)
    {
        var reader = new LegacyCredentialsReader();
        credentials.InternalPopulateConfiguration(reader, credentials);
        return (reader._isSecure, reader._callCredentials);
    }

    public override void SetInsecureCredentials(object state) => _isSecure = false;

    public override void SetSslCredentials(
        object state,
        string? rootCertificates,
        KeyCertificatePair? keyCertificatePair,
        VerifyPeerCallback? verifyPeerCallback
    )
    {
        _isSecure = true;
        var refused =
            keyCertificatePair is not null ? "SslCredentials with a client certificate"
            : verifyPeerCallback is not null ? "SslCredentials with a VerifyPeerCallback"
            : null;
        if (refused is not null)
        {
            throw new NotSupportedException(GrpcStubDiagnostics.LegacySetting.With(refused).Message);
        }
    }

    public override void SetCompositeCredentials(object state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        channelCredentials.InternalPopulateConfiguration(this, channelCredentials);
        _callCredentials.Add(callCredentials);
    }
}
