using Amazon.Runtime.Internal;

namespace Nexus.Guest.Aws;

/// <summary>The entry points that the rewriting rules call.</summary>
public static class AwsInterception
{
    private static int _registered;

    /// <summary>Called when a client builds its pipeline: registers the customizer once, if this process has a channel.</summary>
    public static void Register()
    {
        // Not joined yet: a client that is only made must not end what a snapshot may hold.
        if (GuestChannel.IsOffered && Interlocked.Exchange(ref _registered, 1) == 0)
        {
            RuntimePipelineCustomizerRegistry.Instance.Register(new AwsPipelineCustomizer());
        }
    }

    /// <summary>Called before a URL is presigned: a signature with the sandbox's placeholder keys would be wrong and nobody would say so.</summary>
    /// <exception cref="NotSupportedException">NEXUS0450, when this process has a channel.</exception>
    public static void RefusePresign()
    {
        if (GuestChannel.IsOffered)
        {
            throw new NotSupportedException(AwsStubDiagnostics.PresignNotAvailable.With("AWS4PreSignedUrlSigner").Message);
        }
    }
}
