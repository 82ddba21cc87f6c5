using Nexus.Channel.Interop;
using Nexus.Diagnostics;

namespace Nexus.Channel.Tests;

[TestClass]
public sealed class ChannelRegionTests
{
    private static readonly ChannelOptions Small = new(RingEntries: 64, ArenaBytes: 1 << 20);

    [TestMethod]
    [DataRow(0L)]
    [DataRow(4096L)]
    [DataRow(1L << 32)]
    public void Region_ResizedByItsHolder_StaysAsItIs(long length)
    {
        var region = ChannelRegion.Create(Small);
        Assert.AreNotEqual(0, ChannelNative.Truncate(region.Descriptor!.Number, length));
        Assert.AreEqual(ChannelLayout.RegionBytes(Small), ChannelNative.Seek(region.Descriptor.Number, 0, whence: 2));
        region.ReleaseReference();
        Assert.IsTrue(region.IsUnmapped);
    }

    [TestMethod]
    [DataRow(ChannelLayout.MagicOffset)]
    [DataRow(ChannelLayout.VersionOffset)]
    [DataRow(ChannelLayout.RingEntriesOffset)]
    [DataRow(ChannelLayout.ArenaBytesOffset)]
    public void Attach_HeaderAltered_IsRefusedByItsIdUnlessSizesWereRecorded(int offset)
    {
        var region = ChannelRegion.Create(Small);
        region.Store32(offset, 12345);
        var refused = Descriptors.Duplicate(region.Descriptor!);
        Assert.AreEqual(
            ChannelDiagnostics.NotARegion,
            Assert.ThrowsExactly<NexusException>(() => ChannelRegion.Attach(refused)).Diagnostic
        );
        refused.Dispose();
        ChannelRegion.Attach(Descriptors.Duplicate(region.Descriptor!), Small).ReleaseReference();
        region.ReleaseReference();
    }

    [TestMethod]
    public void RuleHits_Counted_AreReadByTheOtherEnd()
    {
        var region = ChannelRegion.CreateOnHeap(Small);
        region.CountRuleHit(255);
        region.CountRuleHit(255);
        region.CountRuleHit(256);
        region.CountRuleHit(-1);
        Assert.AreEqual(2u, region.ReadRuleHits(255));
        Assert.AreEqual(0u, region.ReadRuleHits(256));
        region.ReleaseReference();
        region.CountRuleHit(255);
        Assert.AreEqual(0u, region.ReadRuleHits(255));
    }
}
