using System.Collections.Concurrent;
using Nexus.Backend.Aws;

namespace Nexus.Backend.Executors.Aws;

/// <summary>What the AWS calls of one function share: where they may go, with which credentials, how many at once.</summary>
internal sealed class FunctionCalls
{
    // Keys come from the guest; a function that makes up new ones all the time only loses its cache.
    private const int MostKeys = 64;
    private readonly ConcurrentDictionary<string, AwsFunctionSettings> _explicit = new(StringComparer.Ordinal);

    public required AwsRequestExecutor Executor { get; init; }

    public required AwsFunctionSettings Settings { get; init; }

    public required SemaphoreSlim InFlight { get; init; }

    /// <summary>The settings with keys from the function's code.</summary>
    /// <param name="keys">Access key, secret and session token; the last may be empty.</param>
    public AwsFunctionSettings WithKeys(IReadOnlyList<string> keys)
    {
        if (_explicit.Count >= MostKeys)
        {
            _explicit.Clear();
        }

        return _explicit.GetOrAdd(
            string.Join('\n', keys),
            static (_, state) =>
                state.Settings with
                {
                    Credentials = new AwsCredentialSettings
                    {
                        AccessKeyId = state.Keys[0],
                        SecretAccessKey = state.Keys[1],
                        SessionToken = state.Keys[2].Length > 0 ? state.Keys[2] : null,
                    },
                },
            (Settings, Keys: keys)
        );
    }
}
