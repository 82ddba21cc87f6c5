using System.Runtime.InteropServices;

namespace Nexus.Guest.Interop;

/// <summary>The C library's heap of this process.</summary>
public static partial class NativeHeap
{
    /// <summary>
    /// Gives free pages back to the node. What the JIT compiler has freed stays in the C library's arenas for ever otherwise: 8 MB of 20 in a function that made some
    /// thousand calls. Does nothing where the C library has no such call.
    /// </summary>
    public static void Trim()
    {
        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            // Not glibc.
        }
    }

    /// <summary>malloc_trim(3); since glibc 2.8 it releases free pages in the middle of every arena.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
