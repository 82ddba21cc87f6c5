using System.Buffers.Binary;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Legacy;

/// <summary>ACPI's fixed power registers: never an event, and switching off (ACPI specification 6.5, section 4.8.3).</summary>
internal sealed class SleepRegisters(Action powerOff) : IPortDevice
{
    public const ushort EventPort = 0x600;
    public const ushort ControlPort = 0x604;

    /// <summary>The sleep type that means off; the DSDT's _S5 names it.</summary>
    public const byte PowerOffType = 5;
    private const int EnableOffset = 2;
    private const ushort AcpiEnabled = 1;
    private const ushort SleepEnable = 1 << 13;

    public ushort FirstPort => EventPort;

    public int PortCount => 8;

    private ushort _enable;

    public void Save(StateWriter state) => state.Put16(_enable);

    public void Load(StateReader state) => _enable = state.Get16();

    public void ReadPort(int offset, Span<byte> data)
    {
        data.Clear();
        if (offset == ControlPort - EventPort)
        {
            data[0] = (byte)AcpiEnabled;
        }
        else if (offset == EnableOffset && data.Length >= 2)
        {
            // A kernel checks that what it enabled stayed so.
            BinaryPrimitives.WriteUInt16LittleEndian(data, _enable);
        }
    }

    public void WritePort(int offset, ReadOnlySpan<byte> data)
    {
        if (offset == EnableOffset && data.Length >= 2)
        {
            _enable = BinaryPrimitives.ReadUInt16LittleEndian(data);
        }

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
