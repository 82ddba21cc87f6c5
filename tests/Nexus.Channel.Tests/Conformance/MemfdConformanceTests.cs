namespace Nexus.Channel.Tests.Conformance;

/// <summary>The suite on one memfd mapped twice, one process.</summary>
[TestClass]
public sealed class MemfdConformanceTests : ChannelConformance
{
    private protected override TestPair Start(ChannelOptions options) => new LocalPair(options, onHeap: false);
}
