namespace KeyValue;

/// <summary>The event: which client, and where the server is.</summary>
public sealed record KeyRequest
{
    /// <summary>redis, postgres, tcp, tcpNow, tcpBegin, socket, socketNow, socketBegin, sendTo, name, or, without a server: listener, bind, listen, udp, datagram.</summary>
    public string Client { get; init; } = "";

    public string Host { get; init; } = "";

    public int Port { get; init; }
}
