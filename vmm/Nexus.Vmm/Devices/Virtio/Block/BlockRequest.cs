namespace Nexus.Vmm.Devices.Virtio.Block;

/// <summary>Kinds of disk requests.</summary>
internal enum BlockRequest : uint
{
    In = 0,
    Out = 1,
    Flush = 4,
    GetIdentity = 8,
}
