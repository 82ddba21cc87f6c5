using Nexus.Differential.Tests.Cases;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>Functions that <c>nexus rewrite</c> or <c>Nexus.Build</c> has changed beforehand behave as they do directly.</summary>
[TestClass]
public sealed class PreparedFolderTests
{
    private const int CasesPerFunction = 2;

    private static readonly Dictionary<HookMode, NexusWorld> s_nexus = [];
    private static readonly Dictionary<string, CaseTrace> s_directTraces = [];
    private static DirectWorld? s_direct;

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Cases =>
        new[] { HookMode.Folder, HookMode.Build }.SelectMany(_ => Representatives(), (mode, testCase) => new object[] { mode, testCase });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) =>
        s_direct = new DirectWorld(await EmulatorSet.StartAsync(context.CancellationToken));

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        foreach (var world in s_nexus.Values)
        {
            await world.DisposeAsync();
        }
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Function_ServedFromAPreparedFolder_LeavesTheSameTraces(HookMode mode, DifferentialCase testCase)
    {
        var direct = await DirectAsync(testCase);
        var nexus = await (await NexusAsync(mode)).RunAsync(testCase, TestContext.CancellationToken);

        Assert.Contains(testCase.Expect, direct.Answers);
        Assert.AreEqual(direct.Answers, nexus.Answers, "answers");
        Assert.AreEqual(direct.Logs, nexus.Logs, "logs");
        Assert.AreEqual(direct.Stored, nexus.Stored, "stored data");
    }

    private static IReadOnlyList<DifferentialCase> Representatives() =>
        [
            .. AllDifferentialCases
                .List.Where(testCase => testCase.Handler is null)
                .GroupBy(testCase => testCase.Function)
                .SelectMany(function => function.Take(CasesPerFunction)),
        ];

    private static async Task<NexusWorld> NexusAsync(HookMode mode)
    {
        if (!s_nexus.TryGetValue(mode, out var world))
        {
            world = await NexusWorld.StartAsync(await EmulatorSet.StartAsync(), Representatives(), mode);
            s_nexus.Add(mode, world);
        }

        return world;
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
