namespace Nexus.Guest.Grpc.Legacy;

/// <summary>The responses of a streaming call, one after the other.</summary>
internal sealed class LegacyResponseStream<TRequest, TResponse>(LegacyCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;

    public TResponse Current => _current ?? throw new InvalidOperationException("No current element is available.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var registration = call.CancelWith(cancellationToken);
        _current = await call.ReadAsync().ConfigureAwait(false);
        if (_current is not null)
        {
            return true;
        }

        var end = await call.Finished.ConfigureAwait(false);
        return end.Status.StatusCode == StatusCode.OK ? false : throw end.Failure();
    }
}
