namespace Nexus.Channel.Messages;

/// <summary>Names of <see cref="HttpRequestHead.Properties"/> in a guest's call (<see cref="ChannelProtocol.Http"/>).</summary>
public static class HttpProperty
{
    /// <summary>What may be done to the wanted version: <c>lower</c> (the default), <c>higher</c> or <c>exact</c>.</summary>
    public const string VersionPolicy = "policy";

    /// <summary>The body is sent only after <see cref="HttpInterim.Continue"/>; the value is how long the backend waits for the service's word, in milliseconds.</summary>
    public const string Expect = "expect";

    /// <summary>Most bytes of the response's headers, in KiB.</summary>
    public const string MaxResponseHeaders = "max-headers";

    /// <summary>The proxy the function asks for: its URI, or <c>direct</c> for none. Absent: what the node is set up for.</summary>
    public const string Proxy = "proxy";

    /// <summary>Time for making a connection, in milliseconds.</summary>
    public const string ConnectTimeout = "connect-timeout";
}
