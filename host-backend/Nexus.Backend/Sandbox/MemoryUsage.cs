namespace Nexus.Backend.Sandbox;

/// <summary>Memory of a guest's processes, from /proc/PID/smaps_rollup.</summary>
/// <param name="PssBytes">Proportional set size: shared pages divided among those who share them.</param>
/// <param name="PrivateDirtyBytes">Pages that only this guest holds and that exist nowhere else.</param>
public readonly record struct MemoryUsage(long PssBytes, long PrivateDirtyBytes);
