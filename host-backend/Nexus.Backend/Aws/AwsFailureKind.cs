namespace Nexus.Backend.Aws;

/// <summary>How a failed attempt is treated.</summary>
public enum AwsFailureKind
{
    /// <summary>Handed on to the guest.</summary>
    Permanent,

    /// <summary>Server and connection errors that may pass.</summary>
    Transient,

    /// <summary>No answer in time: like transient, but twice as dear for the quota.</summary>
    Timeout,

    Throttling,

    /// <summary>The service and this machine disagree about the time.</summary>
    ClockSkew,
}
