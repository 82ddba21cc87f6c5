using Nexus.Backend.Sandbox;
using Nexus.Bench.Interop;

namespace Nexus.Bench;

/// <summary>What one process costs.</summary>
internal static class ProcessFigures
{
    public static double CpuMicroseconds(int pid) => ProcessClock.Read(pid).TotalMicroseconds;

    public static MemoryUsage Memory(int pid) => ProcessTree.Memory([pid]);

    public static int Sockets(int pid) => ProcessTree.Sockets([pid]);
}
