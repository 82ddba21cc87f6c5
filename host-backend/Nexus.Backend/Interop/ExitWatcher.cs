using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Backend.Interop;

/// <summary>
/// One thread that collects every child of <see cref="ProcessSpawner"/>. It asks for each by its own descriptor only, so it never takes an
/// exit status from <see cref="System.Diagnostics.Process"/>, which in turn leaves children it does not know alone.
/// </summary>
internal static unsafe class ExitWatcher
{
    private const int Batch = 64;
    private const int Add = 1;
    private const int Remove = 2;
    private const uint Readable = 1;
    private const int IdTypePid = 1;
    private const int IdTypePidfd = 3;
    private const int WaitExited = 4;
    private const int CloseOnExec = 0x80000;

    private static readonly ConcurrentDictionary<int, SpawnedProcess> s_watched = new();
    private static readonly int s_epoll = Start();

    public static void Watch(SpawnedProcess process)
    {
        var referenced = false;
        process.Descriptor.DangerousAddRef(ref referenced);
        var descriptor = (int)process.Descriptor.DangerousGetHandle();
        s_watched[descriptor] = process;
        var change = stackalloc byte[16];
        WriteEvent(change, Readable, descriptor);
        if (Native.EpollCtl(s_epoll, Add, descriptor, change) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "epoll_ctl");
        }
    }

    /// <summary>Waits for a child that has just been killed.</summary>
    public static void CollectById(int pid) => Wait(IdTypePid, (uint)pid);

    // struct epoll_event is packed on x86-64 only (epoll_ctl(2)).
    private static int DataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static int EventStride => DataOffset == 4 ? 12 : 16;

    private static void WriteEvent(byte* at, uint kinds, int descriptor)
    {
        *(uint*)at = kinds;
        *(int*)(at + DataOffset) = descriptor;
    }

    private static int Start()
    {
        var epoll = Native.EpollCreate1(CloseOnExec);
        if (epoll < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "epoll_create1");
        }

        new Thread(() => Run(epoll), maxStackSize: 128 * 1024) { IsBackground = true, Name = "nexus-exits" }.Start();
        return epoll;
    }

    private static void Run(int epoll)
    {
        var happenings = stackalloc byte[Batch * 16];
        while (true)
        {
            var count = Native.EpollWait(epoll, happenings, Batch, -1);
            for (var i = 0; i < count; i++)
            {
                Collect(epoll, *(int*)(happenings + (i * EventStride) + DataOffset));
            }
        }
    }

    private static void Collect(int epoll, int descriptor)
    {
        if (!s_watched.TryRemove(descriptor, out var process))
        {
            return;
        }

        _ = Native.EpollCtl(epoll, Remove, descriptor, null);
        var status = Wait(IdTypePidfd, (uint)descriptor);
        process.Descriptor.DangerousRelease();
        process.Complete(status);
    }

    private static ExitStatus Wait(int idType, uint id)
    {
        // siginfo_t: si_code at 8 (1 is CLD_EXITED), si_status at 24.
        var info = stackalloc byte[128];
        while (Native.WaitId(idType, id, info, WaitExited) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Native.EIntr)
            {
                return new ExitStatus(-1, 0);
            }
        }

        var value = *(int*)(info + 24);
        return *(int*)(info + 8) == 1 ? new ExitStatus(value, 0) : new ExitStatus(128 + value, value);
    }
}
