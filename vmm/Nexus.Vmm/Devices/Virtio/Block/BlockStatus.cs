namespace Nexus.Vmm.Devices.Virtio.Block;

/// <summary>The last byte of a disk request.</summary>
internal enum BlockStatus : byte
{
    Ok = 0,
    Error = 1,
    Unsupported = 2,
}
