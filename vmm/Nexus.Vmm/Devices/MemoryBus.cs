namespace Nexus.Vmm.Devices;

/// <summary>Finds the device of a guest address.</summary>
internal sealed class MemoryBus
{
    private readonly List<(ulong Start, ulong Length, IMemoryDevice Device)> _devices = [];

    public void Add(ulong start, ulong length, IMemoryDevice device) => _devices.Add((start, length, device));

    /// <summary>Handles an access; nobody's addresses swallow stores and read as all ones.</summary>
    public void Handle(ulong address, Span<byte> data, bool isWrite)
    {
        if (!isWrite)
        {
            data.Fill(0xFF);
        }

        foreach (var (start, length, device) in _devices)
        {
            if (address < start || address - start >= length)
            {
                continue;
            }

            if (isWrite)
            {
                device.WriteMemory(address - start, data);
            }
            else
            {
                device.ReadMemory(address - start, data);
            }

            return;
        }
    }
}
