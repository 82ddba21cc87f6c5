using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>Puts a processor into the state that a boot protocol prescribes.</summary>
internal static class BootProcessor
{
    private const ulong ProtectedMode = 1;
    private const ulong ExtensionType = 0x10;
    private const ulong Paging = 0x80000000;
    private const ulong PhysicalAddressExtension = 0x20;
    private const ulong LongModeActive = 0x500;
    private const uint MtrrDefaultType = 0x2FF;

    // MTRRs on, default type write-back: left off, a stock kernel maps everything outside its memory map uncached, the shared region first of all.
    private const ulong WriteBack = 0xC06;

    public static void Prepare(KvmVcpu vcpu, KernelImage kernel, BootProtocol protocol)
    {
        vcpu.SetMsr(MtrrDefaultType, WriteBack);
        var registers = new GeneralRegisters { Rflags = 2, Rsp = GuestLayout.BootStack };
        if (protocol == BootProtocol.Pvh)
        {
            registers.Rip = kernel.PvhEntry!.Value;
            registers.Rbx = GuestLayout.BootParameters;
        }
        else
        {
            registers.Rip = kernel.EntryPoint;
            registers.Rsi = GuestLayout.BootParameters;
        }

        vcpu.SystemRegisters = protocol == BootProtocol.Pvh ? Protected(vcpu.SystemRegisters) : Long(vcpu.SystemRegisters);
        vcpu.Registers = registers;
    }

    private static SystemRegisters Long(SystemRegisters registers)
    {
        Flat(ref registers, code: new() { L = 1 });
        registers.Gdt = new() { Base = GuestLayout.BootGdt, Limit = 0x1F };
        registers.Cr0 |= ProtectedMode | ExtensionType | Paging;
        registers.Cr4 |= PhysicalAddressExtension;
        registers.Cr3 = GuestLayout.BootPageTables;
        registers.Efer |= LongModeActive;
        return registers;
    }

    private static SystemRegisters Protected(SystemRegisters registers)
    {
        Flat(ref registers, code: new() { Db = 1 });
        registers.Cr0 = ProtectedMode | ExtensionType;
        registers.Cr4 = 0;
        return registers;
    }

    private static void Flat(ref SystemRegisters registers, SystemRegisters.Segment code)
    {
        code.Limit = 0xFFFFFFFF;
        code.Selector = 0x10;
        code.Type = 0xB;
        code.Present = 1;
        code.S = 1;
        code.G = 1;
        var data = code with { Selector = 0x18, Type = 3, L = 0, Db = 1 };
        registers.Cs = code;
        registers.Ds = registers.Es = registers.Fs = registers.Gs = registers.Ss = data;
        registers.Tr = new()
        {
            Limit = 0x67,
            Type = 0xB,
            Present = 1,
        };
        registers.Ldt = new() { Unusable = 1 };
    }
}
