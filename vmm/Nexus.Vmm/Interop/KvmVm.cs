using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>One virtual machine: memory slots, interrupt controllers, eventfds, clock.</summary>
internal sealed class KvmVm : KvmDescriptor
{
    public const int IrqChipBytes = 520;
    public const int PitBytes = 112;
    public const int ClockBytes = 48;

    // Where Intel processors without unrestricted guests keep three pages of their own; just below the end of the 32-bit space, where nothing else is.
    private const ulong IdentityMapAddress = 0xFFFBC000;
    private const ulong TssAddress = 0xFFFBD000;
    private readonly int _runBytes;

    internal KvmVm(int number, int runBytes)
        : base(number)
    {
        _runBytes = runBytes;
    }

    /// <summary>The in-kernel PICs, I/O APIC and local APICs, and the PIT with its speaker port answered by the kernel.</summary>
    public void CreateInterruptControllers()
    {
        Span<byte> address = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(address, IdentityMapAddress);
        Call(KvmRequest.SetIdentityMapAddress, address);
        Call(KvmRequest.SetTssAddress, TssAddress);
        Call(KvmRequest.CreateIrqChip);
        Span<byte> pit = stackalloc byte[64];
        pit.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(pit, 1);
        Call(KvmRequest.CreatePit2, pit);
    }

    /// <summary>Puts mapped memory at a guest address; length 0 takes the slot away.</summary>
    public void SetMemory(int slot, ulong guestAddress, ulong length, ulong hostAddress, bool readOnly = false)
    {
        var region = new MemoryRegion
        {
            Slot = (uint)slot,
            Flags = readOnly ? 2u : 0u,
            GuestAddress = guestAddress,
            Length = length,
            HostAddress = hostAddress,
        };
        Call(KvmRequest.SetUserMemoryRegion, ref region);
    }

    /// <summary>Has a guest's store to an address signal an eventfd without leaving the kernel.</summary>
    /// <param name="match">Only stores of this value; null for any.</param>
    /// <param name="length">Width of the store in bytes; 0 for any.</param>
    /// <param name="port">An I/O port instead of a memory address.</param>
    public void AttachStore(EventFile file, ulong address, int length, ulong? match = null, bool port = false, bool detach = false)
    {
        var request = new IoEvent
        {
            Match = match ?? 0,
            Address = address,
            Length = (uint)length,
            Descriptor = file.Number,
            Flags = (match is null ? 0u : 1u) | (port ? 2u : 0u) | (detach ? 4u : 0u),
        };
        Call(KvmRequest.IoEventFd, ref request);
    }

    /// <summary>Has a signal on an eventfd raise an edge on an interrupt line without leaving the kernel.</summary>
    public void AttachInterrupt(EventFile file, int line, bool detach = false)
    {
        var request = new IrqEvent
        {
            Descriptor = (uint)file.Number,
            Line = (uint)line,
            Flags = detach ? 1u : 0u,
        };
        Call(KvmRequest.IrqFd, ref request);
    }

    /// <summary>Raises or lowers an interrupt line.</summary>
    public void SetLine(int line, bool high)
    {
        var request = ((ulong)(high ? 1u : 0u) << 32) | (uint)line;
        Call(KvmRequest.IrqLine, ref request);
    }

    /// <summary>The one and only processor (or another with a number of its own).</summary>
    public KvmVcpu CreateVcpu(int number) => new(Call(KvmRequest.CreateVcpu, (ulong)number), _runBytes);

    /// <summary>State of one controller: 0 and 1 the PICs, 2 the I/O APIC.</summary>
    public byte[] GetIrqChip(int chip)
    {
        var state = new byte[IrqChipBytes];
        BinaryPrimitives.WriteInt32LittleEndian(state, chip);
        Call(KvmRequest.GetIrqChip, state);
        return state;
    }

    public void SetIrqChip(byte[] state) => Call(KvmRequest.SetIrqChip, state.AsSpan(0, IrqChipBytes));

    public byte[] GetPit() => Get(KvmRequest.GetPit2, PitBytes);

    public void SetPit(byte[] state) => Call(KvmRequest.SetPit2, state.AsSpan(0, PitBytes));

    public byte[] GetClock() => Get(KvmRequest.GetClock, ClockBytes);

    public void SetClock(byte[] state) => Call(KvmRequest.SetClock, state.AsSpan(0, ClockBytes));

    private byte[] Get(KvmRequest request, int bytes)
    {
        var state = new byte[bytes];
        Call(request, state);
        return state;
    }

    /// <summary>struct kvm_userspace_memory_region.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryRegion
    {
        public uint Slot;
        public uint Flags;
        public ulong GuestAddress;
        public ulong Length;
        public ulong HostAddress;
    }

    /// <summary>struct kvm_ioeventfd.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct IoEvent
    {
        public ulong Match;
        public ulong Address;
        public uint Length;
        public int Descriptor;
        public uint Flags;
    }

    /// <summary>struct kvm_irqfd.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct IrqEvent
    {
        public uint Descriptor;
        public uint Line;
        public uint Flags;
    }
}
