namespace Nexus.Backend.Interop;

/// <summary>How a process ended.</summary>
/// <param name="Code">The exit code; 128 + signal when a signal ended it; -1 when somebody else collected it.</param>
/// <param name="Signal">The signal that ended it, or 0.</param>
internal readonly record struct ExitStatus(int Code, int Signal);
