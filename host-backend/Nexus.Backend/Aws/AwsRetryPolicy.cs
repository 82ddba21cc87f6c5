using System.Collections.Frozen;

namespace Nexus.Backend.Aws;

/// <summary>The documented standard retry mode: which failures are worth another attempt, and after which pause.</summary>
public static class AwsRetryPolicy
{
    /// <summary>Longest pause between attempts.</summary>
    public static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(20);

    /// <summary>A difference smaller than this is no skew: services accept several minutes.</summary>
    public static readonly TimeSpan SkewTolerance = TimeSpan.FromMinutes(4);

    private static readonly FrozenSet<string> s_throttling = FrozenSet.Create(
        StringComparer.Ordinal,
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException"
    );

    private static readonly FrozenSet<string> s_skew = FrozenSet.Create(
        StringComparer.Ordinal,
        "RequestTimeTooSkewed",
        "RequestExpired",
        "RequestInTheFuture",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure"
    );

    /// <param name="status">HTTP status, 400 or above.</param>
    /// <param name="errorCode">The service's code without namespace, if one was found.</param>
    /// <param name="skew">The service's clock minus the one the request was signed with, if the answer had a date.</param>
    public static AwsFailureKind Classify(int status, string? errorCode, TimeSpan? skew)
    {
        if (errorCode is not null && s_throttling.Contains(errorCode))
        {
            return AwsFailureKind.Throttling;
        }
        if (errorCode is "RequestTimeout" or "RequestTimeoutException")
        {
            return AwsFailureKind.Timeout;
        }
        bool isSkewed = skew?.Duration() > SkewTolerance;
        // An answer to HEAD has no body and so no code; the date alone has to do.
        if (isSkewed && (errorCode is null ? status == 403 : s_skew.Contains(errorCode)))
        {
            return AwsFailureKind.ClockSkew;
        }
        return status switch
        {
            429 => AwsFailureKind.Throttling,
            500 or 502 or 503 or 504 => AwsFailureKind.Transient,
            _ => AwsFailureKind.Permanent,
        };
    }

    /// <summary>Exponential with full jitter: a random part of 1, 2, 4 ... seconds, at most <see cref="MaxBackoff"/>.</summary>
    /// <param name="retry">1 for the first retry.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan Backoff(int retry, double random) =>
        TimeSpan.FromSeconds(random * Math.Min(MaxBackoff.TotalSeconds, Math.Pow(2, Math.Min(retry - 1, 10))));
}
