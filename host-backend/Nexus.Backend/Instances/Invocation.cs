namespace Nexus.Backend.Instances;

/// <summary>One invocation as its caller sent it.</summary>
public sealed class Invocation
{
    /// <summary>Lambda's limit for events and results of synchronous invocations, in bytes.</summary>
    public const int MaxPayloadBytes = 6 * 1024 * 1024;

    public required string RequestId { get; init; }

    /// <summary>The event; a private copy.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public string FunctionArn { get; init; } = "";

    public string TraceId { get; init; } = "";

    /// <summary>Client context as JSON, decoded.</summary>
    public string ClientContext { get; init; } = "";

    public string CognitoIdentity { get; init; } = "";

    /// <summary>Whether the end of the log is wanted.</summary>
    public bool WantsLogTail { get; init; }
}
