namespace KeyValue;

/// <summary>The event: which client, and where the server is.</summary>
public sealed record KeyRequest
{
    /// <summary>redis, postgres, tcp, tcpNow, socket, socketNow or name.</summary>
    public string Client { get; init; } = "";

    public string Host { get; init; } = "";

    public int Port { get; init; }
}
