namespace RemoteCalls;

/// <summary>The event: what to do, and with what kind of client.</summary>
public sealed record RemoteRequest
{
    /// <summary>One of <see cref="Scenarios"/> or <see cref="Repeats"/>, or the path of a server that misbehaves.</summary>
    public string Scenario { get; init; } = "";

    /// <summary>plain, httpClient, factory, static, dns, interceptor, codeFirst, repeated or misbehaving.</summary>
    public string Client { get; init; } = "plain";

    public bool ThrowsCanceled { get; init; }

    /// <summary>Variable that holds the server's address.</summary>
    public string Server { get; init; } = "TRIALS_URL";
}
