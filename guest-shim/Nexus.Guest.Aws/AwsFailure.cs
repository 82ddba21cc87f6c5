using Amazon.Runtime;
using Nexus.Channel;

namespace Nexus.Guest.Aws;

/// <summary>Turns what went wrong between here and the service into the exceptions a direct call would throw.</summary>
internal static class AwsFailure
{
    /// <summary>The backend made no HTTP exchange, or none that ended.</summary>
    /// <param name="failure">A kind, a colon and the text: <c>unreachable</c>, <c>timeout</c> or <c>refused</c>.</param>
    public static Exception From(string failure)
    {
        var colon = failure.IndexOf(':', StringComparison.Ordinal);
        var text = failure[(colon + 1)..].Trim();
        var cause = AwsStubDiagnostics.BackendFailed.With(text);
        return failure[..Math.Max(0, colon)] switch
        {
            "unreachable" => new HttpRequestException(text, cause),
            // The SDK takes HttpClient's TaskCanceledException apart, so that its users see the timeout itself.
            "timeout" => new TimeoutException(text, cause),
            _ => new AmazonClientException(text, cause),
        };
    }

    public static Exception From(ChannelException failure, TimeSpan timeout) =>
        failure.Code switch
        {
            AbortCode.DeadlineExceeded => new TimeoutException(
                $"The request was canceled due to the configured HttpClient.Timeout of {timeout.TotalSeconds} seconds elapsing.",
                failure
            ),
            AbortCode.Refused or AbortCode.BadRequest => new AmazonClientException(failure.Message, failure),
            // Like a connection that broke: the kind of failure the SDK's users already retry.
            _ => new HttpRequestException(failure.Message, failure),
        };
}
