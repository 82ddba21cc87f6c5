namespace Nexus.Backend.Aws;

/// <summary>The token bucket of the documented standard retry mode: a failing service stops being retried before retries become the load.</summary>
public sealed class AwsRetryQuota
{
    public const int Capacity = 500;
    public const int RetryCost = 5;
    public const int TimeoutCost = 10;
    private int _tokens = Capacity;

    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Whether one more retry is covered; takes its tokens if so.</summary>
    public bool TryTake(int cost)
    {
        while (true)
        {
            int tokens = Volatile.Read(ref _tokens);
            if (tokens < cost)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref _tokens, tokens - cost, tokens) == tokens)
            {
                return true;
            }
        }
    }

    /// <summary>A success gives back what its last retry took, or one token if there was none.</summary>
    public void Return(int lastCost)
    {
        int given = lastCost == 0 ? 1 : lastCost;
        while (true)
        {
            int tokens = Volatile.Read(ref _tokens);
            if (tokens == Capacity || Interlocked.CompareExchange(ref _tokens, Math.Min(Capacity, tokens + given), tokens) == tokens)
            {
                return;
            }
        }
    }
}
