using Nexus.Diagnostics;

namespace Nexus.Backend.Aws;

/// <summary>One function's current credentials; fetched once for all that wait, renewed in the background while the old ones still serve.</summary>
internal sealed class AwsCredentialCache(TimeProvider time, Func<Task<AwsCredentials>> fetch)
{
    private static readonly TimeSpan s_renewAhead = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_lastMoment = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_recheck = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private AwsCredentials? _current;
    private DateTimeOffset _renewAt;
    private Task<AwsCredentials>? _fetching;
    private (DateTimeOffset Until, NexusException Error)? _failure;

    public ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        Task<AwsCredentials> fetching;
        lock (_lock)
        {
            bool usable = _current is { } held && (held.Expiration is null || held.Expiration - now > s_lastMoment);
            if (usable && now < _renewAt)
            {
                return ValueTask.FromResult(_current!);
            }
            if (!usable && _failure is { } failure && now < failure.Until)
            {
                return ValueTask.FromException<AwsCredentials>(failure.Error);
            }
            // Started off the caller's thread: the SDK's sources may block on files and processes.
            fetching = _fetching ??= Task.Run(FetchAsync, CancellationToken.None);
            if (usable)
            {
                return ValueTask.FromResult(_current!);
            }
        }
        return new ValueTask<AwsCredentials>(fetching.WaitAsync(cancellationToken));
    }

    private async Task<AwsCredentials> FetchAsync()
    {
        try
        {
            AwsCredentials fetched = await fetch().ConfigureAwait(false);
            lock (_lock)
            {
                // The instance is what signing keys are cached by: the same keys keep it.
                bool same =
                    _current is { } held
                    && held.AccessKeyId == fetched.AccessKeyId
                    && held.SecretAccessKey == fetched.SecretAccessKey
                    && held.SessionToken == fetched.SessionToken
                    && held.Expiration == fetched.Expiration;
                AwsCredentials current = same ? _current! : fetched;
                _current = current;
                _renewAt = NextRenewal(current);
                _failure = null;
                _fetching = null;
                return current;
            }
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                DateTimeOffset again = time.GetUtcNow() + s_pauseAfterFailure;
                _renewAt = again;
                _failure = e is NexusException known ? (again, known) : null;
                _fetching = null;
            }
            throw;
        }
    }

    private DateTimeOffset NextRenewal(AwsCredentials credentials)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (credentials.Expiration is not { } expiration)
        {
            return now + s_recheck;
        }
        TimeSpan left = expiration - now;
        return left > s_renewAhead * 2 ? expiration - s_renewAhead : now + (left / 2);
    }
}
