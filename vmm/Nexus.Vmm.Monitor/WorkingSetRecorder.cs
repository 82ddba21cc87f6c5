using System.ComponentModel;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Monitor;

/// <summary>Waits until the first clone of a machine has answered, and writes down which pages that took.</summary>
internal static class WorkingSetRecorder
{
    private const int StackBytes = 128 * 1024;

    public static void Start(GuestMemory memory, OwnedDescriptor set, EventFile on) =>
        new Thread(
            () =>
            {
                on.Wait(milliseconds: -1);
                try
                {
                    using var pageMap = OwnedDescriptor.OpenRead("/proc/self/pagemap");
                    WorkingSet.Record(memory, pageMap).Save(set);
                }
                catch (Exception failure) when (failure is Win32Exception or EndOfStreamException)
                {
                    // The next clones load their pages one by one, as this one did.
                }
            },
            StackBytes
        )
        {
            IsBackground = true,
            Name = "recorder",
        }.Start();
}
