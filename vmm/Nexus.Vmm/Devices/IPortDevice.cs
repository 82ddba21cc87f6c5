namespace Nexus.Vmm.Devices;

/// <summary>A device on I/O ports. Called by the virtual processor's thread only.</summary>
internal interface IPortDevice
{
    /// <summary>The first port.</summary>
    ushort FirstPort { get; }

    /// <summary>How many ports.</summary>
    int PortCount { get; }

    /// <summary>The guest reads 1, 2 or 4 bytes.</summary>
    /// <param name="offset">From the first port.</param>
    /// <param name="data">Filled with 0xff, which is what nobody's ports read as.</param>
    void ReadPort(int offset, Span<byte> data);

    /// <summary>The guest writes 1, 2 or 4 bytes.</summary>
    void WritePort(int offset, ReadOnlySpan<byte> data);
}
