namespace Nexus.Backend.Sandbox;

/// <summary>How a guest ended.</summary>
/// <param name="ExitCode">The main process's exit code; 128 + signal when a signal ended it.</param>
/// <param name="Signal">The signal that ended it, or 0.</param>
/// <param name="OutOfMemory">Whether it was killed for exceeding its memory limit.</param>
/// <param name="CpuTime">CPU time of all its processes; zero where no control group could be made.</param>
public sealed record SandboxExit(int ExitCode, int Signal, bool OutOfMemory, TimeSpan CpuTime);
