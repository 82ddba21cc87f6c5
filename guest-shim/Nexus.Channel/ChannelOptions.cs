namespace Nexus.Channel;

/// <summary>The size of a region; fixed when it is created.</summary>
/// <param name="RingEntries">Descriptors per ring: a power of two, 64 to 4096.</param>
/// <param name="ArenaBytes">Bytes of each arena: a power of two, 1 MiB to 256 MiB. Address space only; pages are populated on first use.</param>
public sealed record ChannelOptions(int RingEntries = 256, int ArenaBytes = 8 * 1024 * 1024)
{
    public static ChannelOptions Default { get; } = new();

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> unless both values are in range.</summary>
    public ChannelOptions Validated()
    {
        if (RingEntries is < 64 or > 4096 || !int.IsPow2(RingEntries))
        {
            throw new ArgumentOutOfRangeException(nameof(RingEntries), RingEntries, "A power of two from 64 to 4096.");
        }

        if (ArenaBytes is < 1 << 20 or > 1 << 28 || !int.IsPow2(ArenaBytes))
        {
            throw new ArgumentOutOfRangeException(nameof(ArenaBytes), ArenaBytes, "A power of two from 1 MiB to 256 MiB.");
        }

        return this;
    }
}
