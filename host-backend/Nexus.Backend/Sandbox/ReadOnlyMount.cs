namespace Nexus.Backend.Sandbox;

/// <summary>A folder or file of the host that the guest sees read-only.</summary>
/// <param name="Source">Absolute path on the host.</param>
/// <param name="Target">Absolute path inside the sandbox.</param>
public sealed record ReadOnlyMount(string Source, string Target);
