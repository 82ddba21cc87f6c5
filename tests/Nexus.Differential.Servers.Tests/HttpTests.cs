using Nexus.Differential.Servers.Tests.Cases;
using Nexus.Differential.Servers.Tests.Worlds;

namespace Nexus.Differential.Servers.Tests;

/// <summary>An HttpClient sees the same of a program on Kestrel and of the same program behind the node.</summary>
[TestClass]
public sealed class HttpTests
{
    public static IEnumerable<object[]> Cases =>
        HttpCases.All.SelectMany(static testCase =>
            new object[][] { [testCase.Name, false], [testCase.Name, true] }.Where(row =>
                row[1] is true ? !testCase.Http1Only : !testCase.Http2Only
            )
        );

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public Task Request_OnBothServers_GetsTheSameAnswer(string name, bool http2)
    {
        var testCase = HttpCases.All.Single(candidate => candidate.Name == name);
        return BothWorlds.CompareAsync(world => testCase.ObserveAsync(world, http2));
    }
}
