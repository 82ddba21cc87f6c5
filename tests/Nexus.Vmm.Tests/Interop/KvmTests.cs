using Nexus.Diagnostics;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Interop;

/// <summary>Every path between KVM and the monitor, each with a guest of a few instructions.</summary>
[TestClass]
public sealed class KvmTests
{
    [TestMethod]
    public void Open_NoDevice_SaysWhatToDo()
    {
        var error = Assert.ThrowsExactly<NexusException>(() => KvmSystem.Open(path: "/dev/no-such-device"));

        Assert.AreEqual("NEXUS0900", error.Diagnostic.Id);
    }

    [TestMethod]
    public void Open_SomethingElse_IsRefused()
    {
        var error = Assert.ThrowsExactly<NexusException>(() => KvmSystem.Open(path: "/dev/null"));

        Assert.AreEqual("NEXUS0903", error.Diagnostic.Id);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void Run_PortAccess_ComesBackWithPortAndValue()
    {
        using var kvm = Host.OpenKvm();
        // mov dx, 0x1234; mov al, 0x41; out dx, al; in al, dx; hlt
        using var guest = new TinyGuest(kvm, [0xBA, 0x34, 0x12, 0xB0, 0x41, 0xEE, 0xEC, 0xF4]);

        Assert.AreEqual(VcpuExit.Port, guest.Vcpu.Run());
        Assert.AreEqual(new PortAccess(0x1234, 1, 1, IsWrite: true), guest.Vcpu.Port);
        Assert.AreEqual(0x41, guest.Vcpu.PortData[0]);
        Assert.AreEqual(VcpuExit.Port, guest.Vcpu.Run());
        Assert.IsFalse(guest.Vcpu.Port.IsWrite);
        guest.Vcpu.PortData[0] = 0x99;
        Assert.AreEqual(VcpuExit.Halt, guest.Vcpu.Run());
        Assert.AreEqual(0x99ul, guest.Vcpu.Registers.Rax & 0xFF);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void Run_AccessOutsideMemory_ComesBackWithAddressAndValue()
    {
        using var kvm = Host.OpenKvm();
        // mov ax, 0xf000; mov ds, ax; mov [0x1234], al; mov al, [0x1236]; hlt
        using var guest = new TinyGuest(kvm, [0xB8, 0x07, 0xF0, 0x8E, 0xD8, 0xA2, 0x34, 0x12, 0xA0, 0x36, 0x12, 0xF4]);

        Assert.AreEqual(VcpuExit.Memory, guest.Vcpu.Run());
        Assert.AreEqual(0xF0070ul + 0x1234, guest.Vcpu.MemoryAddress);
        Assert.IsTrue(guest.Vcpu.MemoryIsWrite);
        Assert.AreEqual(7, guest.Vcpu.MemoryData[0]);
        Assert.AreEqual(VcpuExit.Memory, guest.Vcpu.Run());
        guest.Vcpu.MemoryData[0] = 0x77;
        Assert.AreEqual(VcpuExit.Halt, guest.Vcpu.Run());
        Assert.AreEqual(0x77ul, guest.Vcpu.Registers.Rax & 0xFF);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void AttachStore_MatchingValue_SignalsWithoutComingBack()
    {
        using var kvm = Host.OpenKvm();
        // mov al, 1; out 0x20, al; mov al, 2; out 0x20, al; hlt
        using var guest = new TinyGuest(kvm, [0xB0, 1, 0xE6, 0x20, 0xB0, 2, 0xE6, 0x20, 0xF4]);
        using var file = EventFile.Create();
        guest.Vm.AttachStore(file, 0x20, length: 1, match: 2, port: true);

        Assert.AreEqual(VcpuExit.Port, guest.Vcpu.Run());
        Assert.AreEqual(1, guest.Vcpu.PortData[0]);
        Assert.AreEqual(VcpuExit.Halt, guest.Vcpu.Run());
        Assert.AreEqual(1ul, file.Take());
        Assert.AreEqual(0ul, file.Take());
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    [DataRow(0)]
    [DataRow(1)]
    public void AttachStore_MemoryAddress_SignalsWithoutComingBack(int length)
    {
        using var kvm = Host.OpenKvm();
        // mov ax, 0xf000; mov ds, ax; mov [0], al; mov [0], al; hlt
        using var guest = new TinyGuest(kvm, [0xB8, 0, 0xF0, 0x8E, 0xD8, 0xA2, 0, 0, 0xA2, 0, 0, 0xF4]);
        using var file = EventFile.Create();
        guest.Vm.AttachStore(file, 0xF0000, length);

        Assert.AreEqual(VcpuExit.Halt, guest.Vcpu.Run());
        Assert.AreEqual(2ul, file.Take());
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void AttachInterrupt_Signal_ReachesTheGuestsHandlerOutOfHalt()
    {
        using var kvm = Host.OpenKvm();
        byte[] code =
        [
            0xFA, // cli
            0xB0,
            0x11,
            0xE6,
            0x20, // PIC: initialise,
            0xB0,
            0x20,
            0xE6,
            0x21, // vectors from 0x20 on,
            0xB0,
            0x04,
            0xE6,
            0x21,
            0xB0,
            0x01,
            0xE6,
            0x21,
            0xB0,
            0xEF,
            0xE6,
            0x21, // only line 4
            0xE6,
            0x10, // out 0x10, al: ready
            0xFB,
            0xF4, // sti; hlt
            0xEB,
            0xFD, // and again
        ];
        using var guest = new TinyGuest(kvm, code, interruptControllers: true);
        // mov al, 0x55; out 0x11, al; mov al, 0x20; out 0x20, al; iret
        guest.Memory.Write(0x1100, [0xB0, 0x55, 0xE6, 0x11, 0xB0, 0x20, 0xE6, 0x20, 0xCF]);
        guest.Memory.WriteUInt32(0x24 * 4, 0x1100);
        using var line = EventFile.Create();
        guest.Vm.AttachInterrupt(line, 4);

        Assert.AreEqual(VcpuExit.Port, guest.Vcpu.Run());
        Assert.AreEqual(0x10, guest.Vcpu.Port.Port);
        for (var i = 0; i < 3; i++)
        {
            line.Signal();
            Assert.AreEqual(VcpuExit.Port, guest.Vcpu.Run());
            Assert.AreEqual(0x11, guest.Vcpu.Port.Port);
        }
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void State_EveryPiece_ReadsBackAsWritten()
    {
        using var kvm = Host.OpenKvm();
        using var guest = new TinyGuest(kvm, [0xF4], interruptControllers: true);
        var vcpu = guest.Vcpu;
        foreach (
            var (get, set, bytes) in new (KvmRequest, KvmRequest, int)[]
            {
                (KvmRequest.GetRegisters, KvmRequest.SetRegisters, 144),
                (KvmRequest.GetSystemRegisters, KvmRequest.SetSystemRegisters, 312),
                (KvmRequest.GetFpu, KvmRequest.SetFpu, KvmVcpu.FpuBytes),
                (KvmRequest.GetXsave, KvmRequest.SetXsave, KvmVcpu.XsaveBytes),
                (KvmRequest.GetXcrs, KvmRequest.SetXcrs, KvmVcpu.XcrsBytes),
                (KvmRequest.GetDebugRegisters, KvmRequest.SetDebugRegisters, KvmVcpu.DebugBytes),
                (KvmRequest.GetLapic, KvmRequest.SetLapic, KvmVcpu.LapicBytes),
                (KvmRequest.GetMpState, KvmRequest.SetMpState, 4),
                (KvmRequest.GetVcpuEvents, KvmRequest.SetVcpuEvents, KvmVcpu.EventsBytes),
            }
        )
        {
            var state = vcpu.Get(get, bytes);
            vcpu.Set(set, state, bytes);
            CollectionAssert.AreEqual(state, vcpu.Get(get, bytes), get.ToString());
        }

        for (var chip = 0; chip < 3; chip++)
        {
            var state = guest.Vm.GetIrqChip(chip);
            guest.Vm.SetIrqChip(state);
            CollectionAssert.AreEqual(state, guest.Vm.GetIrqChip(chip));
        }

        guest.Vm.SetPit(guest.Vm.GetPit());
        var msrs = vcpu.GetMsrs(kvm.StateMsrs());
        Assert.IsGreaterThan(10, msrs.Count);
        Assert.IsTrue(vcpu.SetMsr(0x2FF, 0xC06));
        Assert.AreEqual(0xC06ul, vcpu.GetMsrs([0x2FF]).Single().Value);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void SetImmediateExit_BeforeRun_FinishesTheAccessAndComesBack()
    {
        using var kvm = Host.OpenKvm();
        // in al, 0x10; inc bx; hlt
        using var guest = new TinyGuest(kvm, [0xE4, 0x10, 0x43, 0xF4]);
        Assert.AreEqual(VcpuExit.Port, guest.Vcpu.Run());
        guest.Vcpu.PortData[0] = 5;
        guest.Vcpu.SetImmediateExit(true);

        Assert.AreEqual(VcpuExit.Interrupted, guest.Vcpu.Run());

        var registers = guest.Vcpu.Registers;
        Assert.AreEqual(5ul, registers.Rax & 0xFF);
        Assert.AreEqual(0ul, registers.Rbx);
    }
}
