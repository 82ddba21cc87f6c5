using System.Buffers.Binary;
using Nexus.Vmm.Devices.Legacy;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Acpi;

/// <summary>
/// The tables of a machine with one processor, one I/O APIC and its virtio-mmio devices. Not hardware-reduced: such kernels do without the PIC's
/// interrupts, and the serial port has one.
/// </summary>
internal static class AcpiTables
{
    private const int Alignment = 16;
    private const ushort SystemControlInterrupt = 9;

    // Boot flags: no VGA, no message-signalled interrupts, no CMOS clock; and, by leaving bits 0 and 1 out, no devices on old buses and no keyboard
    // controller. Each of them would be probed for, which costs seconds on a machine that does not answer.
    private const ushort BootFlags = 0x4 | 0x8 | 0x20;

    // WBINVD works; power and sleep buttons are not of the fixed kind.
    private const uint FixedFlags = 0x1 | 0x10 | 0x20;

    /// <summary>Writes root pointer and tables for a number of virtio devices.</summary>
    public static void Write(GuestMemory memory, int devices)
    {
        var next = GuestLayout.AcpiTables + 64;
        var dsdt = Place(memory, ref next, Dsdt(devices));
        var facs = Place(memory, ref next, Facs());
        var fadt = Place(memory, ref next, Fadt(dsdt, facs));
        var madt = Place(memory, ref next, Madt());
        var xsdt = Place(memory, ref next, Xsdt(fadt, madt));
        memory.Write(GuestLayout.AcpiTables, Rsdp(xsdt));
    }

    /// <summary>The differentiated system description: the serial port, the devices, and how to switch off.</summary>
    public static byte[] Dsdt(int devices)
    {
        var aml = new AmlWriter();
        aml.Name("\\_S5", SleepRegisters.PowerOffType, SleepRegisters.PowerOffType, 0, 0);
        aml.Scope(
            "\\_SB",
            scope =>
            {
                scope.Device(
                    "COM1",
                    device =>
                        device
                            .Name("_HID", AmlWriter.EisaId("PNP0501"))
                            .Name("_UID", 0)
                            .Resources(new ResourceTemplate().Ports(0x3F8, 8).EdgeInterrupt(4))
                );
                for (var i = 0; i < devices; i++)
                {
                    var number = i;
                    scope.Device(
                        $"VR{number:X2}",
                        device =>
                            device
                                .Name("_HID", "LNRO0005")
                                .Name("_UID", (ulong)number)
                                .Resources(
                                    new ResourceTemplate()
                                        .Memory(
                                            (uint)(GuestLayout.VirtioDevices + ((ulong)number * GuestLayout.VirtioDeviceBytes)),
                                            (uint)GuestLayout.VirtioDeviceBytes
                                        )
                                        // Declared level-triggered, the same line answered 400 times later with the kernels tried.
                                        .EdgeInterrupt((uint)(GuestLayout.FirstVirtioLine + number))
                                )
                    );
                }
            }
        );
        return AcpiTable.Build("DSDT"u8, 2, aml.ToArray());
    }

    public static byte[] Fadt(ulong dsdt, ulong facs)
    {
        var body = new byte[276 - AcpiTable.HeaderBytes];
        var table = new Fields(body);
        table.Put32(36, (uint)facs);
        table.Put32(40, (uint)dsdt);
        table.Put16(46, SystemControlInterrupt);
        table.Put32(56, SleepRegisters.EventPort);
        table.Put32(64, SleepRegisters.ControlPort);
        table.Put8(88, 4);
        table.Put8(89, 2);
        // Latencies beyond the limits: no C2 and C3 states.
        table.Put16(96, 0xFFFF);
        table.Put16(98, 0xFFFF);
        table.Put16(109, BootFlags);
        table.Put32(112, FixedFlags);
        table.Put64(132, facs);
        table.Put64(140, dsdt);
        table.PutPort(148, SleepRegisters.EventPort, bits: 32, accessSize: 2);
        table.PutPort(172, SleepRegisters.ControlPort, bits: 16, accessSize: 2);
        return AcpiTable.Build("FACP"u8, 6, body);
    }

    /// <summary>One processor, one I/O APIC for lines 0 to 23, the timer on line 2.</summary>
    public static byte[] Madt()
    {
        var body = new byte[8 + 8 + 12 + 10 + 10 + 6];
        BinaryPrimitives.WriteUInt32LittleEndian(body, (uint)GuestLayout.LocalApic);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(4), 1);
        Span<byte> entries = body.AsSpan(8);
        // Local APIC of processor 0, enabled.
        new byte[] { 0, 8, 0, 0, 1, 0, 0, 0 }.CopyTo(entries);
        new byte[] { 1, 12, 0, 0 }.CopyTo(entries[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(entries[12..], (uint)GuestLayout.IoApic);
        // Old line 0 (the PIT) arrives at input 2; line 9 (system control) is active high, level-triggered.
        new byte[] { 2, 10, 0, 0, 2, 0, 0, 0, 0, 0 }.CopyTo(entries[20..]);
        new byte[] { 2, 10, 0, 9, 9, 0, 0, 0, 0x0D, 0 }.CopyTo(entries[30..]);
        // Non-maskable interrupts of every processor at its input 1.
        new byte[] { 4, 6, 0xFF, 0, 0, 1 }.CopyTo(entries[40..]);
        return AcpiTable.Build("APIC"u8, 4, body);
    }

    public static byte[] Xsdt(params ulong[] tables)
    {
        var body = new byte[tables.Length * 8];
        for (var i = 0; i < tables.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(i * 8), tables[i]);
        }

        return AcpiTable.Build("XSDT"u8, 1, body);
    }

    public static byte[] Rsdp(ulong xsdt)
    {
        var pointer = new byte[36];
        "RSD PTR "u8.CopyTo(pointer);
        "NEXUS "u8.CopyTo(pointer.AsSpan(9));
        pointer[15] = 2;
        BinaryPrimitives.WriteInt32LittleEndian(pointer.AsSpan(20), pointer.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(pointer.AsSpan(24), xsdt);
        pointer[8] = AcpiTable.Checksum(pointer.AsSpan(0, 20));
        pointer[32] = AcpiTable.Checksum(pointer);
        return pointer;
    }

    private static byte[] Facs()
    {
        // The one table without the common header and without a checksum.
        var table = new byte[64];
        "FACS"u8.CopyTo(table);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        table[32] = 2;
        return table;
    }

    private static ulong Place(GuestMemory memory, ref ulong next, byte[] table)
    {
        // The firmware control structure asks for 64 bytes; the others for nothing.
        next = (next + 63) & ~63ul;
        var address = next;
        memory.Write(address, table);
        next = (next + (ulong)table.Length + Alignment - 1) & ~(ulong)(Alignment - 1);
        return address;
    }

    /// <summary>Fields by their offset in the whole table.</summary>
    private readonly ref struct Fields(Span<byte> body)
    {
        private readonly Span<byte> _body = body;

        public void Put8(int offset, byte value) => _body[offset - AcpiTable.HeaderBytes] = value;

        public void Put16(int offset, ushort value) =>
            BinaryPrimitives.WriteUInt16LittleEndian(_body[(offset - AcpiTable.HeaderBytes)..], value);

        public void Put32(int offset, uint value) =>
            BinaryPrimitives.WriteUInt32LittleEndian(_body[(offset - AcpiTable.HeaderBytes)..], value);

        public void Put64(int offset, ulong value) =>
            BinaryPrimitives.WriteUInt64LittleEndian(_body[(offset - AcpiTable.HeaderBytes)..], value);

        /// <summary>A generic address structure of an I/O port.</summary>
        public void PutPort(int offset, ushort port, byte bits, byte accessSize)
        {
            Put8(offset, 1);
            Put8(offset + 1, bits);
            Put8(offset + 3, accessSize);
            Put64(offset + 4, port);
        }
    }
}
