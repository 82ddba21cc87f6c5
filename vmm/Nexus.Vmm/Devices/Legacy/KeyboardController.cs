namespace Nexus.Vmm.Devices.Legacy;

/// <summary>The reset line of a keyboard controller that is otherwise absent; status 0xff is how a kernel knows, at once.</summary>
internal sealed class KeyboardController(Action reset) : IPortDevice
{
    private const byte ResetCommand = 0xFE;

    public ushort FirstPort => 0x64;

    public int PortCount => 1;

    public void ReadPort(int offset, Span<byte> data) => data.Fill(0xFF);

    public void WritePort(int offset, ReadOnlySpan<byte> data)
    {
        if (data[0] == ResetCommand)
        {
            reset();
        }
    }
}
