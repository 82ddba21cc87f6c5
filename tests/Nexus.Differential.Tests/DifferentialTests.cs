using Nexus.Differential.Tests.Cases;
using Nexus.TestKit.Emulators;

namespace Nexus.Differential.Tests;

/// <summary>Every case runs directly and through Nexus; answers, logs and stored data must be the same.</summary>
[TestClass]
public sealed class DifferentialTests
{
    private static DirectWorld? s_direct;
    private static NexusWorld? s_nexus;

    private static readonly Dictionary<string, CaseTrace> s_directTraces = [];

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> AllCases => AllDifferentialCases.List.Select(testCase => new object[] { testCase });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_direct = new DirectWorld(await EmulatorSet.StartAsync(context.CancellationToken));
        s_nexus = await NexusWorld.StartAsync(await EmulatorSet.StartAsync(context.CancellationToken), AllDifferentialCases.List);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        await (s_nexus?.DisposeAsync() ?? default);
    }

    [TestMethod]
    [DynamicData(nameof(AllCases))]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Function_RunDirectly_AnswersAsExpected(DifferentialCase testCase)
    {
        var direct = await DirectAsync(testCase);
        Assert.Contains(testCase.Expect, direct.Answers);
    }

    [TestMethod]
    [DynamicData(nameof(AllCases))]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Function_ThroughNexus_LeavesTheSameTraces(DifferentialCase testCase)
    {
        var direct = await DirectAsync(testCase);
        var nexus = await s_nexus!.RunAsync(testCase, TestContext.CancellationToken);
        Assert.AreEqual(direct.Answers, nexus.Answers, "answers");
        Assert.AreEqual(direct.Logs, nexus.Logs, "logs");
        Assert.AreEqual(direct.Stored, nexus.Stored, "stored data");
    }

    private async Task<CaseTrace> DirectAsync(DifferentialCase testCase)
    {
        if (!s_directTraces.TryGetValue(testCase.Name, out var trace))
        {
            trace = await s_direct!.RunAsync(testCase, TestContext.CancellationToken);
            s_directTraces.Add(testCase.Name, trace);
        }

        return trace;
    }
}
