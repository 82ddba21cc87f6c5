namespace Nexus.Vmm.Machine;

/// <summary>How a kernel learns of its devices.</summary>
internal enum Topology
{
    /// <summary>ACPI tables; what distribution kernels want.</summary>
    Acpi,

    /// <summary>An MP table and devices on the command line, for kernels without ACPI.</summary>
    CommandLine,
}
