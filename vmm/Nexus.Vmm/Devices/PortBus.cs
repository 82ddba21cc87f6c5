using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Devices;

/// <summary>Finds the device of an I/O port.</summary>
internal sealed class PortBus
{
    private readonly List<IPortDevice> _devices = [];

    public void Add(IPortDevice device) => _devices.Add(device);

    /// <summary>Handles an access; nobody's ports swallow writes and read as all ones.</summary>
    public void Handle(PortAccess access, Span<byte> data)
    {
        if (!access.IsWrite)
        {
            data.Fill(0xFF);
        }

        foreach (var device in _devices)
        {
            var offset = access.Port - device.FirstPort;
            if (offset < 0 || offset >= device.PortCount)
            {
                continue;
            }

            for (var i = 0; i < access.Count; i++)
            {
                var one = data.Slice(i * access.Width, access.Width);
                if (access.IsWrite)
                {
                    device.WritePort(offset, one);
                }
                else
                {
                    device.ReadPort(offset, one);
                }
            }

            return;
        }
    }
}
