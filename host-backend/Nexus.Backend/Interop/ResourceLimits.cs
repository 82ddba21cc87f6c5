using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Backend.Interop;

/// <summary>prlimit(2) on another process, before it runs anything of its own.</summary>
internal static unsafe class ResourceLimits
{
    public const int Core = 4;
    public const int Processes = 6;
    public const int OpenFiles = 7;

    /// <summary>Sets soft and hard limit, never above the hard limit the process has already.</summary>
    public static void Set(int pid, int resource, ulong value)
    {
        var current = stackalloc ulong[2];
        if (Native.PrLimit(pid, resource, null, current) == 0)
        {
            value = Math.Min(value, current[1]);
        }

        var limit = stackalloc ulong[2] { value, value };
        if (Native.PrLimit(pid, resource, limit, null) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"prlimit({pid}, {resource})");
        }
    }
}
