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
}
