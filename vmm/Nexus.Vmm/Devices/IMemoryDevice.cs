namespace Nexus.Vmm.Devices;

/// <summary>A device on guest addresses that are not memory. Called by the virtual processor's thread only.</summary>
internal interface IMemoryDevice
{
    /// <summary>The guest loads 1 to 8 bytes.</summary>
    /// <param name="offset">From the device's first address.</param>
    /// <param name="data">Filled with 0xff.</param>
    void ReadMemory(ulong offset, Span<byte> data);

    /// <summary>The guest stores 1 to 8 bytes.</summary>
    void WriteMemory(ulong offset, ReadOnlySpan<byte> data);
}
