namespace Nexus.Channel.Tests.Conformance;

/// <summary>The suite on heap memory, one process.</summary>
[TestClass]
public sealed class HeapConformanceTests : ChannelConformance
{
    private protected override TestPair Start(ChannelOptions options) => new LocalPair(options, onHeap: true);
}
