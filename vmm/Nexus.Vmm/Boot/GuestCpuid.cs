using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Boot;

/// <summary>The processor features a guest sees: what KVM can do here, with this machine's own topology.</summary>
internal static class GuestCpuid
{
    private const uint Hypervisor = 1u << 31;
    private const uint TscDeadline = 1u << 24;
    private const uint InvariantTsc = 1u << 8;
    private const uint ThreadsPerPackage = 1u << 28;

    /// <summary>The table for the processor with number 0, the only one.</summary>
    public static CpuidTable For(KvmSystem system)
    {
        var table = system.SupportedCpuid();
        table.Change(1, CpuidTable.Ecx, ecx => ecx | Hypervisor | (system.Check(KvmCapability.TscDeadlineTimer) > 0 ? TscDeadline : 0));
        // Local APIC id 0, one logical processor.
        table.Change(1, CpuidTable.Ebx, static ebx => (ebx & 0xFFFF) | (1u << 16));
        table.Change(1, CpuidTable.Edx, static edx => edx & ~ThreadsPerPackage);
        table.Change(0xB, CpuidTable.Edx, static _ => 0);
        table.Change(0x1F, CpuidTable.Edx, static _ => 0);
        // With it a guest's clock is the bare counter, which stands still in a snapshot; without it the clock is KVM's, which can be told.
        table.Change(0x80000007, CpuidTable.Edx, static edx => edx & ~InvariantTsc);
        return table;
    }
}
