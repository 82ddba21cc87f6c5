using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Nexus.Channel.Tests;

/// <summary>Fails when anything of the shared layout moves. A change here is a new version of the layout and of docs/channel.md.</summary>
[TestClass]
public sealed class ChannelLayoutTests
{
    [TestMethod]
    public void Magic_Bytes_SpellTheName() =>
        Assert.AreEqual("NEXUSCH1", Encoding.ASCII.GetString(BitConverter.GetBytes(ChannelLayout.Magic)));

    [TestMethod]
    [DataRow(nameof(ChannelLayout.Version), 1L)]
    [DataRow(nameof(ChannelLayout.HeaderBytes), 4096L)]
    [DataRow(nameof(ChannelLayout.DescriptorBytes), 64L)]
    [DataRow(nameof(ChannelLayout.MagicOffset), 0L)]
    [DataRow(nameof(ChannelLayout.VersionOffset), 8L)]
    [DataRow(nameof(ChannelLayout.RingEntriesOffset), 12L)]
    [DataRow(nameof(ChannelLayout.ArenaBytesOffset), 16L)]
    [DataRow(nameof(ChannelLayout.BackendSessionOffset), 64L)]
    [DataRow(nameof(ChannelLayout.BackendHeartbeatOffset), 72L)]
    [DataRow(nameof(ChannelLayout.GuestSessionOffset), 128L)]
    [DataRow(nameof(ChannelLayout.ToBackendControlOffset), 192L)]
    [DataRow(nameof(ChannelLayout.ToGuestControlOffset), 320L)]
    [DataRow(nameof(ChannelLayout.TailOffset), 0L)]
    [DataRow(nameof(ChannelLayout.StarvedOffset), 4L)]
    [DataRow(nameof(ChannelLayout.HeadOffset), 64L)]
    [DataRow(nameof(ChannelLayout.WaitingOffset), 68L)]
    [DataRow(nameof(ChannelLayout.RuleHitsOffset), 1024L)]
    [DataRow(nameof(ChannelLayout.RuleHitsCount), 256L)]
    [DataRow(nameof(ChannelLayout.BackendCallBit), 0x8000_0000L)]
    [DataRow(nameof(ChannelLayout.CallSlotBits), 10L)]
    [DataRow(nameof(ChannelLayout.MaxCalls), 1024L)]
    [DataRow(nameof(ChannelLayout.MaxHeadBytes), 65536L)]
    [DataRow(nameof(ChannelLayout.MaxBlockBytes), 1048576L)]
    [DataRow(nameof(ChannelLayout.ReleasesPerDescriptor), 9L)]
    public void Constant_Value_IsFrozen(string name, long value) =>
        Assert.AreEqual(value, Convert.ToInt64(typeof(ChannelLayout).GetField(name)!.GetRawConstantValue(), null));

    [TestMethod]
    public void Regions_DefaultOptions_FollowEachOther()
    {
        var options = ChannelOptions.Default;
        Assert.AreEqual(4096, ChannelLayout.ToBackendRingOffset);
        Assert.AreEqual(20480, ChannelLayout.ToGuestRingOffset(options));
        Assert.AreEqual(36864, ChannelLayout.ToBackendArenaOffset(options));
        Assert.AreEqual(36864 + (8 << 20), ChannelLayout.ToGuestArenaOffset(options));
        Assert.AreEqual(36864 + (16 << 20), ChannelLayout.RegionBytes(options));
    }

    [TestMethod]
    public void Descriptor_Fields_AreWhereTheyWere()
    {
        var descriptor = new FrameDescriptor
        {
            Kind = (FrameKind)0x11,
            Flags = (FrameFlags)0x22,
            Code = 0x3333,
            CallId = 0x44444444,
            Offset = 0x55555555,
            Length = 0x66666666,
            DeadlineMicroseconds = 0x7777777777777777,
            ReleaseCount = 0x88888888,
        };
        for (var i = 0; i < ChannelLayout.ReleasesPerDescriptor; i++)
        {
            descriptor.Releases[i] = (uint)(0xA0A0A0A0 + i);
        }

        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<FrameDescriptor>(in descriptor));
        Assert.AreEqual(64, Unsafe.SizeOf<FrameDescriptor>());
        Assert.AreEqual(
            "11223333444444445555555566666666777777777777777788888888"
                + string.Concat(Enumerable.Range(0, 9).Select(i => $"{0xA0 + i:X2}A0A0A0")),
            Convert.ToHexString(bytes)
        );
    }

    [TestMethod]
    [DataRow(FrameKind.Open, 1)]
    [DataRow(FrameKind.Head, 2)]
    [DataRow(FrameKind.Data, 3)]
    [DataRow(FrameKind.Trailers, 4)]
    [DataRow(FrameKind.Abort, 5)]
    [DataRow(FrameKind.Release, 6)]
    public void Kind_Value_IsFrozen(FrameKind kind, int value) => Assert.AreEqual(value, (int)kind);

    [TestMethod]
    [DataRow(AbortCode.Cancelled, 1)]
    [DataRow(AbortCode.DeadlineExceeded, 2)]
    [DataRow(AbortCode.Failed, 3)]
    [DataRow(AbortCode.Refused, 4)]
    [DataRow(AbortCode.BadRequest, 5)]
    public void AbortCode_Value_IsFrozen(AbortCode code, int value) => Assert.AreEqual(value, (int)code);

    [TestMethod]
    [DataRow(63, 1 << 20)]
    [DataRow(96, 1 << 20)]
    [DataRow(8192, 1 << 20)]
    [DataRow(64, 1 << 19)]
    [DataRow(64, 3 << 20)]
    [DataRow(64, 1 << 29)]
    public void Options_OutOfRange_AreRefused(int entries, int arena) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ChannelOptions(entries, arena).Validated());
}
