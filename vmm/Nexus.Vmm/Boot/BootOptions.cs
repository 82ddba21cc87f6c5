namespace Nexus.Vmm.Boot;

/// <summary>What a machine boots.</summary>
internal sealed record BootOptions
{
    /// <summary>What kernels are given when nothing else is asked for: quick answers, and an end instead of a hang.</summary>
    public const string DefaultCommandLine = "console=ttyS0 panic=-1 reboot=k pci=off quiet";

    public required KernelImage Kernel { get; init; }

    /// <summary>An initial file system, a cpio archive; may be empty.</summary>
    public ReadOnlyMemory<byte> Initrd { get; init; }

    /// <summary>ASCII, below 2 KiB with what the machine adds.</summary>
    public string CommandLine { get; init; } = DefaultCommandLine;

    public BootProtocol Protocol { get; init; } = BootProtocol.Linux64;
}
