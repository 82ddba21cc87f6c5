namespace Nexus.Vmm;

/// <summary>A guest went outside of what a device allows; its machine ends, and nothing else.</summary>
internal sealed class GuestViolationException(string reason) : Exception(reason);
