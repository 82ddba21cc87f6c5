namespace Nexus.Vmm.Snapshots;

/// <summary>
/// Bytes of a snapshot file, version 2; little-endian. docs/snapshots.md shows them and a test freezes them.
/// </summary>
internal static class SnapshotFormat
{
    /// <summary>"NEXUSVM1".</summary>
    public const ulong Magic = 0x314D56535558454E;
    public const uint Version = 2;

    // Header.
    public const int MagicOffset = 0;
    public const int VersionOffset = 8;
    public const int StateBytesOffset = 12;
    public const int MemoryBytesOffset = 16;
    public const int RunCountOffset = 24;
    public const int ReservedOffset = 28;
    public const int PageCountOffset = 32;
    public const int CpuOffset = 40;
    public const int CpuBytes = 32;
    public const int MediaOffset = 72;
    public const int MediaBytes = 32;
    public const int HeaderBytes = 104;

    /// <summary>A run of pages that are stored: its first page and how many, 32 bits each.</summary>
    public const int RunBytes = 8;

    /// <summary>The code over everything before it, HMAC-SHA-256.</summary>
    public const int CodeBytes = 32;

    /// <summary>Length of a key, and the least entropy it must have.</summary>
    public const int KeyBytes = 32;

    public const int PageBytes = 4096;

    /// <summary>State is a few KiB per device; more is not a snapshot.</summary>
    public const int MostStateBytes = 1 << 20;
}
