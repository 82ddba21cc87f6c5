namespace Nexus.Backend.Sandbox;

/// <summary>Names a running sandbox so that a later backend can find it again.</summary>
/// <param name="LauncherId">The process the earlier backend started.</param>
/// <param name="RootId">First process of the sandbox.</param>
/// <param name="RootStart">When that one started, in clock ticks since boot: a process id alone may have come to mean another process.</param>
/// <param name="Nested">Whether the sandbox has a process namespace of its own.</param>
public sealed record SandboxRecord(int LauncherId, int RootId, long RootStart, bool Nested);
