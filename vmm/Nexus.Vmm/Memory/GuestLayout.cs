namespace Nexus.Vmm.Memory;

/// <summary>Where things are in a guest's physical address space. Snapshots depend on every one of these numbers.</summary>
internal static class GuestLayout
{
    /// <summary>Start of the global descriptor table of the boot protocol.</summary>
    public const ulong BootGdt = 0x500;

    /// <summary>The zero page (boot_params) or PVH's start information.</summary>
    public const ulong BootParameters = 0x7000;

    /// <summary>PVH's memory map and module list.</summary>
    public const ulong PvhMemoryMap = 0x8000;

    /// <summary>Stack pointer at the kernel's entry.</summary>
    public const ulong BootStack = 0x8FF0;

    /// <summary>Page tables that map the first 4 GiB one to one: six pages.</summary>
    public const ulong BootPageTables = 0x9000;

    /// <summary>The kernel's command line.</summary>
    public const ulong CommandLine = 0x20000;

    /// <summary>Bytes of the command line, its end included.</summary>
    public const int CommandLineBytes = 2048;

    /// <summary>End of conventional memory; from here to 1 MiB the map says reserved.</summary>
    public const ulong LowMemoryEnd = 0x9FC00;

    /// <summary>ACPI's root pointer: kernels look for it from here on.</summary>
    public const ulong AcpiTables = 0xE0000;

    /// <summary>The MP floating pointer, for kernels without ACPI.</summary>
    public const ulong MpTable = 0xF0000;

    /// <summary>Where memory above the hole of the old devices begins.</summary>
    public const ulong HighMemory = 0x100000;

    /// <summary>Memory below 4 GiB ends here at the latest.</summary>
    public const ulong DeviceHole = 0xC0000000;

    /// <summary>Memory that did not fit below the hole goes on here.</summary>
    public const ulong AboveHole = 0x100000000;

    /// <summary>The first virtio-mmio device; each has a page of its own.</summary>
    public const ulong VirtioDevices = 0xD0000000;

    /// <summary>Bytes of one virtio-mmio device.</summary>
    public const ulong VirtioDeviceBytes = 0x1000;

    /// <summary>The page whose stores ring the host's doorbell.</summary>
    public const ulong Doorbell = 0xD0100000;

    /// <summary>The page of the registers between the guest's programs and the monitor.</summary>
    public const ulong Control = 0xD0101000;

    /// <summary>Bytes of that page.</summary>
    public const ulong ControlBytes = 0x1000;

    /// <summary>The shared region: outside of memory and of snapshots.</summary>
    public const ulong SharedRegion = 0x1000000000;

    /// <summary>Persistent memory devices; 64 GiB apart.</summary>
    public const ulong PersistentMemory = 0x2000000000;

    public const ulong IoApic = 0xFEC00000;
    public const ulong LocalApic = 0xFEE00000;

    /// <summary>Interrupt line of the first virtio device; there are eight.</summary>
    public const int FirstVirtioLine = 16;

    /// <summary>How many virtio devices a machine has at most: the I/O APIC has 24 lines.</summary>
    public const int MostVirtioDevices = 8;
}
