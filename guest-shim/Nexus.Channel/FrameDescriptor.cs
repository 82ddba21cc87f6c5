using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nexus.Channel;

/// <summary>One ring entry, 64 bytes. Read as a whole into private memory, then validated, then used.</summary>
[StructLayout(LayoutKind.Explicit, Size = ChannelLayout.DescriptorBytes)]
internal struct FrameDescriptor
{
    [FieldOffset(0)]
    public FrameKind Kind;

    [FieldOffset(1)]
    public FrameFlags Flags;

    /// <summary>Protocol of an <see cref="FrameKind.Open"/>, <see cref="AbortCode"/> of an abort.</summary>
    [FieldOffset(2)]
    public ushort Code;

    [FieldOffset(4)]
    public uint CallId;

    /// <summary>Start of the block in the sender's arena; meaningless when <see cref="Length"/> is 0.</summary>
    [FieldOffset(8)]
    public uint Offset;

    [FieldOffset(12)]
    public uint Length;

    /// <summary>Microseconds left to the deadline when an open was sent; 0 for none. Relative, since a VM's clock is its own.</summary>
    [FieldOffset(16)]
    public ulong DeadlineMicroseconds;

    /// <summary>How many of <see cref="Releases"/> are set.</summary>
    [FieldOffset(24)]
    public uint ReleaseCount;

    /// <summary>Start offsets of blocks of the receiver's arena that the sender gives back.</summary>
    [FieldOffset(28)]
    public ReleaseList Releases;

    [InlineArray(ChannelLayout.ReleasesPerDescriptor)]
    public struct ReleaseList
    {
        private uint _first;
    }
}
