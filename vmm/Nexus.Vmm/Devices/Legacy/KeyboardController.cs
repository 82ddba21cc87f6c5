namespace Nexus.Vmm.Devices.Legacy;

/// <summary>
/// The reset line of a keyboard controller that is otherwise absent: output that never ends is how a kernel knows, at once. Its input buffer is never full, or the
/// kernel would look 65,536 times before it asks for a reset.
/// </summary>
internal sealed class KeyboardController(Action reset) : IPortDevice
{
    private const byte ResetCommand = 0xFE;
    private const byte Status = 0xFF & ~2;

    public ushort FirstPort => 0x64;

    public int PortCount => 1;

    public void ReadPort(int offset, Span<byte> data) => data.Fill(Status);

    public void WritePort(int offset, ReadOnlySpan<byte> data)
    {
        if (data[0] == ResetCommand)
        {
            reset();
        }
    }
}
