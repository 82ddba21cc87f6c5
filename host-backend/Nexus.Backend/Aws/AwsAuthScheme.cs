namespace Nexus.Backend.Aws;

/// <summary>How the SDK in the guest would have authenticated the operation.</summary>
public enum AwsAuthScheme
{
    SigV4,

    /// <summary>Sent without credentials, such as <c>AssumeRoleWithWebIdentity</c>.</summary>
    Anonymous,

    /// <summary>Refused with NEXUS0400.</summary>
    SigV4A,

    /// <summary>Refused with NEXUS0400.</summary>
    S3Express,

    /// <summary>Refused with NEXUS0400.</summary>
    Bearer,
}
