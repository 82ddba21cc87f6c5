namespace Nexus.Vmm.Init.Interop;

/// <summary>mount(2).</summary>
[Flags]
internal enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 1,
    NoSuid = 2,
    NoDevices = 4,
    Move = 0x2000,
}
