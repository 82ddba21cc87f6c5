namespace LegacyCalls;

/// <summary>The event: what to do, one after the other, and with what kind of client.</summary>
public sealed record LegacyRequest
{
    /// <summary>Of <see cref="RemoteCalls.Scenarios"/> or <see cref="ChannelScenarios"/>, or paths of a server that misbehaves.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [];

    /// <summary>plain, interceptor, channel or misbehaving.</summary>
    public string Client { get; init; } = "plain";

    /// <summary>Variable that holds the server's address, such as <c>http://127.0.0.1:5000</c>.</summary>
    public string Server { get; init; } = "TRIALS_URL";
}
