using System.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>One of the servers that a call may go to, and whether it could be reached.</summary>
/// <param name="address">Where it is.</param>
/// <param name="host">What it is called by when that is another name.</param>
/// <param name="reachesThisMachine">Whether it may be on this machine.</param>
internal sealed class GrpcServer(Uri address, string? host, bool reachesThisMachine)
{
    private const double Factor = 1.6;
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(120);
    private long _restsUntil;
    private long _rest;

    public Uri Address => address;

    public string? Host => host;

    public bool ReachesThisMachine => reachesThisMachine;

    /// <summary>What it is called by on the wire.</summary>
    public string Authority { get; } =
        host ?? (address.IsDefaultPort ? WithBrackets(address) : FormattableString.Invariant($"{WithBrackets(address)}:{address.Port}"));

    /// <summary>Whose connections lead there.</summary>
    public GrpcConnectionKey Key { get; } =
        new(
            address.Scheme,
            address.IdnHost,
            address.Port,
            host is null ? address.IdnHost : host[..host.LastIndexOf(':')],
            reachesThisMachine
        );

    /// <summary>Whether it could not be reached a moment ago, so that others come first.</summary>
    public bool IsResting => Volatile.Read(ref _restsUntil) > Stopwatch.GetTimestamp();

    public void Reached()
    {
        Volatile.Write(ref _restsUntil, 0);
        Volatile.Write(ref _rest, 0);
    }

    /// <summary>The longer it cannot be reached, the longer it is left alone, as every gRPC client does.</summary>
    public void Missed()
    {
        var rest = Math.Clamp((long)(Volatile.Read(ref _rest) * Factor), s_first.Ticks, s_longest.Ticks);
        Volatile.Write(ref _rest, rest);
        Volatile.Write(ref _restsUntil, Stopwatch.GetTimestamp() + (long)(TimeSpan.FromTicks(rest).TotalSeconds * Stopwatch.Frequency));
    }

    private static string WithBrackets(Uri address) =>
        address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost;
}
