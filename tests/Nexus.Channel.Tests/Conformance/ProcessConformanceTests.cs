namespace Nexus.Channel.Tests.Conformance;

/// <summary>The suite on one memfd, two processes.</summary>
[TestClass]
public sealed class ProcessConformanceTests : ChannelConformance
{
    private protected override TestPair Start(ChannelOptions options) => new ProcessPair(options);
}
