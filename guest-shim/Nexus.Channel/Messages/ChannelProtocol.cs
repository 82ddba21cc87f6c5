namespace Nexus.Channel.Messages;

/// <summary>What a call is about; the code of an open frame.</summary>
public static class ChannelProtocol
{
    /// <summary>Backend to guest: run the function once. <see cref="InvocationHead"/>, event; result, then <see cref="InvocationResultHead"/> as trailers.</summary>
    public const ushort Invoke = 1;

    /// <summary>Guest to backend: one AWS request. <see cref="AwsRequestHead"/>, body; <see cref="AwsResponseHead"/>, body.</summary>
    public const ushort Aws = 2;

    /// <summary>Guest to backend, once per session: the function is loaded, or why it is not. <see cref="ReadyHead"/>; empty answer.</summary>
    public const ushort Ready = 3;

    /// <summary>Guest to backend: one gRPC call of a client in the function. <see cref="GrpcCallHead"/>, messages; <see cref="GrpcResponseHead"/>, messages, <see cref="GrpcResponseEnd"/>.</summary>
    public const ushort Grpc = 4;

    /// <summary>Guest to backend: one request of an HttpClient. <see cref="HttpRequestHead"/>, body; <see cref="HttpResponseHead"/>, body, <see cref="HttpTrailers"/>.</summary>
    public const ushort Http = 5;

    /// <summary>Backend to guest: one request for a server in the function. The same messages as <see cref="Http"/>.</summary>
    public const ushort Serve = 6;
}
