namespace Nexus.Vmm.Boot;

/// <summary>How a kernel is entered.</summary>
internal enum BootProtocol
{
    /// <summary>In 64-bit mode with the zero page in RSI.</summary>
    Linux64,

    /// <summary>In 32-bit mode with PVH's start information in EBX; only kernels that name an entry for it.</summary>
    Pvh,
}
