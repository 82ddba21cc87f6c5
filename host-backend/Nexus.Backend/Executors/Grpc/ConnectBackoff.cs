namespace Nexus.Backend.Executors.Grpc;

/// <summary>How long a call that waits for its server waits between attempts: the times that every gRPC client keeps.</summary>
internal struct ConnectBackoff
{
    private const double Factor = 1.6;
    private const double Jitter = 0.2;
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(120);
    private TimeSpan _next;

    public Task WaitAsync(CancellationToken cancellation)
    {
        _next = _next == TimeSpan.Zero ? s_first : TimeSpan.FromTicks(Math.Min(s_longest.Ticks, (long)(_next.Ticks * Factor)));
        return Task.Delay(_next * (1 + (((Random.Shared.NextDouble() * 2) - 1) * Jitter)), cancellation);
    }
}
