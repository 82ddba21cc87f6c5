namespace Nexus.Vmm.Interop;

/// <summary>An access to an I/O port.</summary>
/// <param name="Port">0 to 65535.</param>
/// <param name="Width">1, 2 or 4 bytes.</param>
/// <param name="Count">More than 1 for string instructions.</param>
/// <param name="IsWrite">Whether the guest wrote.</param>
internal readonly record struct PortAccess(ushort Port, int Width, int Count, bool IsWrite);
