namespace Nexus.Channel;

/// <summary>
/// Byte layout of a region, version 1: one header page, a ring each way, an arena each way. All integers are little-endian.
/// <c>docs/channel.md</c> draws it; <c>ChannelLayoutTests</c> freezes it.
/// </summary>
public static class ChannelLayout
{
    /// <summary>"NEXUSCH1" read as a little-endian 64-bit integer.</summary>
    public const ulong Magic = 0x3148_4353_5558_454E;

    public const uint Version = 1;

    /// <summary>Bytes of the header page; the first ring starts here.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>Bytes of one descriptor: one cache line.</summary>
    public const int DescriptorBytes = 64;

    /// <summary>u64, written once by the backend.</summary>
    public const int MagicOffset = 0;

    /// <summary>u32, written once by the backend.</summary>
    public const int VersionOffset = 8;

    /// <summary>u32, descriptors per ring.</summary>
    public const int RingEntriesOffset = 12;

    /// <summary>u32, bytes of each arena.</summary>
    public const int ArenaBytesOffset = 16;

    /// <summary>u32, the backend's session: 1 at first, higher each time a backend takes the region over, 0 while one does.</summary>
    public const int BackendSessionOffset = 64;

    /// <summary>u64, the backend's heartbeat: a counter that moves at least every second while the backend lives.</summary>
    public const int BackendHeartbeatOffset = 72;

    /// <summary>u32, the session the guest has joined; calls flow while it equals the backend's.</summary>
    public const int GuestSessionOffset = 128;

    /// <summary>Start of the control words of the ring from guest to backend.</summary>
    public const int ToBackendControlOffset = 192;

    /// <summary>Start of the control words of the ring from backend to guest.</summary>
    public const int ToGuestControlOffset = 320;

    /// <summary>u32 within a ring's control words, written by its producer: descriptors published so far, modulo 2^32.</summary>
    public const int TailOffset = 0;

    /// <summary>u32, written by the producer: 1 while it waits for ring or arena space and wants a doorbell when some is given back.</summary>
    public const int StarvedOffset = 4;

    /// <summary>u32 on the consumer's cache line: descriptors consumed so far, modulo 2^32.</summary>
    public const int HeadOffset = 64;

    /// <summary>u32, 1 while the consumer sleeps (or is about to) and wants a doorbell for the next descriptor; the producer that rings resets it.</summary>
    public const int WaitingOffset = 68;

    /// <summary>u32 each, written by the guest: how often each rewriting rule fired; reported, never trusted.</summary>
    public const int RuleHitsOffset = 1024;

    /// <summary>Number of rule hit counters.</summary>
    public const int RuleHitsCount = 256;

    /// <summary>Bit 31 of a call id: set when the backend opened the call.</summary>
    public const uint BackendCallBit = 0x8000_0000;

    /// <summary>Low bits of a call id that name its slot.</summary>
    public const int CallSlotBits = 10;

    /// <summary>Calls in flight, each way, at most.</summary>
    public const int MaxCalls = 1 << CallSlotBits;

    /// <summary>Head blocks are copied by the receiver and may hold at most this many bytes.</summary>
    public const int MaxHeadBytes = 64 * 1024;

    /// <summary>The largest block of an arena, and so the largest data frame.</summary>
    public const int MaxBlockBytes = 1024 * 1024;

    /// <summary>Blocks that one descriptor can give back besides its own purpose.</summary>
    public const int ReleasesPerDescriptor = 9;

    internal static long ToBackendRingOffset => HeaderBytes;

    internal static long ToGuestRingOffset(ChannelOptions options) => HeaderBytes + ((long)options.RingEntries * DescriptorBytes);

    internal static long ToBackendArenaOffset(ChannelOptions options) => HeaderBytes + (2L * options.RingEntries * DescriptorBytes);

    internal static long ToGuestArenaOffset(ChannelOptions options) => ToBackendArenaOffset(options) + options.ArenaBytes;

    internal static long RegionBytes(ChannelOptions options) => ToGuestArenaOffset(options) + options.ArenaBytes;
}
