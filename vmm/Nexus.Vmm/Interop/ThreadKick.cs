using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>Interrupts a thread that is inside KVM_RUN (tgkill(2), sigaction(2)).</summary>
internal static unsafe class ThreadKick
{
    // The last real-time signal but one: .NET uses the first ones, glibc hides two below them.
    private const int Signal = 63;

    static ThreadKick()
    {
        // Only the interruption counts, so the handler is a function of the C library that does nothing of note and is safe in a handler: managed code is not.
        Span<byte> action = stackalloc byte[152];
        action.Clear();
        MemoryMarshal.Write(action, NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "getpid"));
        fixed (byte* start = action)
        {
            OwnedDescriptor.Checked(Libc.SignalAction(Signal, start, null), "sigaction");
        }
    }

    /// <summary>The calling thread, for <see cref="Kick"/>.</summary>
    public static int CurrentThread => Libc.GetThreadId();

    /// <summary>Interrupts a thread's system call.</summary>
    public static void Kick(int thread) => _ = Libc.SignalThread(Libc.GetProcessId(), thread, Signal);
}
