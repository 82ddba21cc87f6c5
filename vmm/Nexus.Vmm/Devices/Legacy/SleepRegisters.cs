using System.Buffers.Binary;

namespace Nexus.Vmm.Devices.Legacy;

/// <summary>ACPI's fixed power registers: never an event, and switching off (ACPI specification 6.5, section 4.8.3).</summary>
internal sealed class SleepRegisters(Action powerOff) : IPortDevice
{
    public const ushort EventPort = 0x600;
    public const ushort ControlPort = 0x604;

    /// <summary>The sleep type that means off; the DSDT's _S5 names it.</summary>
    public const byte PowerOffType = 5;
    private const ushort AcpiEnabled = 1;
    private const ushort SleepEnable = 1 << 13;

    public ushort FirstPort => EventPort;

    public int PortCount => 8;

    public void ReadPort(int offset, Span<byte> data)
    {
        data.Clear();
        if (offset == ControlPort - EventPort)
        {
            data[0] = (byte)AcpiEnabled;
        }
    }

    public void WritePort(int offset, ReadOnlySpan<byte> data)
    {
        if (offset != ControlPort - EventPort || data.Length < 2)
        {
            return;
        }

        var control = BinaryPrimitives.ReadUInt16LittleEndian(data);
        if ((control & SleepEnable) != 0 && ((control >> 10) & 7) == PowerOffType)
        {
            powerOff();
        }
    }
}
