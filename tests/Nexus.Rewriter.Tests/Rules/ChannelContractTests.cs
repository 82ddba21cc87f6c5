extern alias channel;

using Nexus.Diagnostics;

namespace Nexus.Rewriter.Tests;

[TestClass]
public sealed class ChannelContractTests
{
    private const int Counters = channel::Nexus.Channel.ChannelLayout.RuleHitsCount;

    [TestMethod]
    public void RuleNumbers_BeyondTheCountersOfTheRegion_AreRefused()
    {
        var rule = StoreLibrary.Rule(RewriteKind.CallBefore, "T", "M", "X", Counters - 1);
        Assert.HasCount(1, new RuleSet([rule]).Rules);
        Assert.ThrowsExactly<NexusException>(() => new RuleSet([rule with { Number = Counters }]));
    }
}
