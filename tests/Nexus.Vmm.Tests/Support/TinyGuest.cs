using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Tests.Support;

/// <summary>A virtual machine of a few instructions of 16-bit code at 0x1000, without any device.</summary>
internal sealed class TinyGuest : IDisposable
{
    public const ulong Code = 0x1000;
    private const int Bytes = 0x80000;

    public TinyGuest(KvmSystem kvm, ReadOnlySpan<byte> code, bool interruptControllers = false)
    {
        Memory = GuestMemory.Create(Bytes);
        Memory.Write(Code, code);
        Vm = kvm.CreateVm();
        if (interruptControllers)
        {
            Vm.CreateInterruptControllers();
        }

        Memory.Attach(Vm);
        Vcpu = Vm.CreateVcpu(0);
        Vcpu.SetCpuid(kvm.SupportedCpuid());
        var system = Vcpu.SystemRegisters;
        system.Cs.Base = 0;
        system.Cs.Selector = 0;
        Vcpu.SystemRegisters = system;
        Vcpu.Registers = new GeneralRegisters { Rip = Code, Rflags = 2 };
    }

    public GuestMemory Memory { get; }

    public KvmVm Vm { get; }

    public KvmVcpu Vcpu { get; }

    public void Dispose()
    {
        Vcpu.Dispose();
        Vm.Dispose();
        Memory.Dispose();
    }
}
