namespace Nexus.Vmm.Devices.Legacy;

/// <summary>A clock chip whose registers are all 0: "no update in progress" at once; left out, a kernel waits for seconds.</summary>
internal sealed class CmosClock : IPortDevice
{
    public ushort FirstPort => 0x70;

    public int PortCount => 2;

    public void ReadPort(int offset, Span<byte> data) => data.Clear();

    public void WritePort(int offset, ReadOnlySpan<byte> data) { }
}
