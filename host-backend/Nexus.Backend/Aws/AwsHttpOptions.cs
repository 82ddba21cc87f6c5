namespace Nexus.Backend.Aws;

/// <summary>The node's one connection pool.</summary>
public sealed record AwsHttpOptions
{
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>After this a connection is not reused, so that changes of DNS take effect.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Shorter than the idle timeout of the services' load balancers.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>Per host and port.</summary>
    public int MaxConnections { get; init; } = 512;

    /// <summary>An http proxy for https requests; null for none. Environment variables are not looked at.</summary>
    public Uri? Proxy { get; init; }
}
