using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Bench.Interop;

/// <summary>CPU time of another process to the nanosecond, all its threads included; /proc/PID/stat counts in steps of 10 ms.</summary>
internal static partial class ProcessClock
{
    // clock_getcpuclockid(3): the complement of the process id above three bits that say "process, scheduler time".
    private const int SchedulerTime = 2;

    /// <exception cref="Win32Exception">There is no such process.</exception>
    public static TimeSpan Read(int pid)
    {
        if (GetTime((~pid << 3) | SchedulerTime, out var time) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"the CPU time of process {pid} cannot be read");
        }

        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
