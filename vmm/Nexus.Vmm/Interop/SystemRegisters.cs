using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>struct kvm_sregs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SystemRegisters
{
    public Segment Cs;
    public Segment Ds;
    public Segment Es;
    public Segment Fs;
    public Segment Gs;
    public Segment Ss;
    public Segment Tr;
    public Segment Ldt;
    public DescriptorTable Gdt;
    public DescriptorTable Idt;
    public ulong Cr0;
    public ulong Cr2;
    public ulong Cr3;
    public ulong Cr4;
    public ulong Cr8;
    public ulong Efer;
    public ulong ApicBase;
    public InterruptBitmap Pending;

    /// <summary>struct kvm_segment.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Segment
    {
        public ulong Base;
        public uint Limit;
        public ushort Selector;
        public byte Type;
        public byte Present;
        public byte Dpl;
        public byte Db;
        public byte S;
        public byte L;
        public byte G;
        public byte Avl;
        public byte Unusable;
        public byte Padding;
    }

    /// <summary>struct kvm_dtable.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    public struct DescriptorTable
    {
        public ulong Base;
        public ushort Limit;
    }

    /// <summary>The 256 bits of interrupt_bitmap.</summary>
    [InlineArray(4)]
    public struct InterruptBitmap
    {
        private ulong _first;
    }
}
