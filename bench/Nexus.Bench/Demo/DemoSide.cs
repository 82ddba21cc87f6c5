using Nexus.Backend.Sandbox;

namespace Nexus.Bench.Demo;

/// <summary>What was seen of one way of running the function.</summary>
internal sealed record DemoSide
{
    public required IReadOnlyList<string> Answers { get; init; }

    /// <summary>Of the function's process, per invocation, in microseconds.</summary>
    public required double GuestCpu { get; init; }

    /// <summary>Of the backend's process, per invocation, in microseconds; 0 without one.</summary>
    public required double BackendCpu { get; init; }

    public required double Milliseconds { get; init; }

    public required MemoryUsage Memory { get; init; }

    public required int Sockets { get; init; }

    public required NetworkView Network { get; init; }

    public required (int Found, long Bytes) Secrets { get; init; }
}
