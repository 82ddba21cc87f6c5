using System.Runtime.InteropServices;
using Probe.Interop;

namespace Probe;

/// <summary>Writes random values into the devices of the virtual machine it runs in, as the root of its kernel may, through /dev/mem.</summary>
internal static class MachineScribbler
{
    private const long Devices = 0xD0000000;
    private const long Doorbell = 0xD0100000;
    private const long Control = 0xD0101000;
    private const long Channel = 0x1000000000;
    private const int Page = 4096;

    // The registers by which drivers set a device up and tell it of work; behind them is its configuration.
    private static readonly int[] s_registers = [0x30, 0x38, 0x44, 0x50, 0x50, 0x50, 0x64, 0x70, 0x80, 0x84, 0x90, 0xA0, 0x104];

    public static ProbeAnswer Scribble(int seed)
    {
        var random = new Random(seed);
        if (PhysicalMemory.Map(Devices, 8 * Page) is not { } devices)
        {
            return new() { Text = "no /dev/mem" };
        }

        var others = new[] { Doorbell, Control, Channel, Channel + Page }
            .Select(address => PhysicalMemory.Map(address, Page)!.Value)
            .ToArray();
        for (var step = 0; step < 2000; step++)
        {
            var value = random.Next(2) == 0 ? random.Next(8) : random.Next();
            switch (random.Next(10))
            {
                case 0 when seed % 2 == 1:
                    // Not the first register of Control, whose store ends the machine honestly.
                    Marshal.WriteInt32(others[random.Next(others.Length)], 4 + (random.Next((Page / 4) - 1) * 4), value);
                    break;
                default:
                    Marshal.WriteInt32(devices, (random.Next(8) * Page) + s_registers[random.Next(s_registers.Length)], value);
                    break;
            }
        }

        return new() { Text = "scribbled" };
    }
}
