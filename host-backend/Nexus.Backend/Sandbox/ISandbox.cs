namespace Nexus.Backend.Sandbox;

/// <summary>A way of starting guests.</summary>
public interface ISandbox
{
    /// <summary>The configuration's name of this kind: <c>process</c>, <c>vm</c> or <c>none</c>.</summary>
    string Kind { get; }

    /// <summary>Starts a guest with its limits in force before its first instruction. The guest outlives this process.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0200 to NEXUS0206.</exception>
    Task<SandboxProcess> StartAsync(SandboxSpec spec, CancellationToken cancellation);
}
