using Microsoft.Win32.SafeHandles;

namespace Nexus.Backend.Sandbox;

/// <summary>A virtual machine that stands where its function is made and its channel not joined yet: any number of machines go on from there.</summary>
/// <param name="Memory">Its memory, frozen; pages that clones only read are shared by all of them.</param>
/// <param name="State">Its processor and devices, frozen.</param>
internal sealed record SuspendedGuest(SafeFileHandle Memory, SafeFileHandle State);
