namespace Nexus.DirectHost;

/// <summary>One event to serve.</summary>
internal sealed record Invocation(string RequestId, DateTimeOffset Deadline, byte[] Payload);
