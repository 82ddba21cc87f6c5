using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>Memory shared with a host process, outside of the guest's own memory and of snapshots, with a doorbell each way.</summary>
/// <param name="Memory">A memfd sealed against shrinking; whole pages.</param>
/// <param name="ToHost">Signalled by the kernel on a store of the guest into the doorbell page.</param>
/// <param name="ToGuest">Watched by the monitor, which then wakes the guest.</param>
internal sealed record SharedRegionOptions(OwnedDescriptor Memory, EventFile ToHost, EventFile ToGuest);
