using Nexus.Differential.Tests.Cases;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Machines;

namespace Nexus.Differential.Tests;

/// <summary>Functions in virtual machines, which have no network device at all, behave as they do directly.</summary>
[TestClass]
public sealed class VirtualMachineTests
{
    private static readonly Dictionary<string, CaseTrace> s_directTraces = [];
    private static string s_missing = "";
    private static DirectWorld? s_direct;
    private static NexusWorld? s_nexus;

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> AllCases => AllDifferentialCases.List.Select(testCase => new object[] { testCase });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        (var machines, s_missing) = await MachineSupport.FindAsync(context.CancellationToken);
        if (machines is not null)
        {
            s_direct = new DirectWorld(await EmulatorSet.StartAsync(context.CancellationToken));
            var emulators = await EmulatorSet.StartAsync(context.CancellationToken);
            s_nexus = await NexusWorld.StartAsync(emulators, AllDifferentialCases.List, machines: machines);
        }
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
    public async Task Function_InAVirtualMachine_LeavesTheSameTraces(DifferentialCase testCase)
    {
        if (s_missing.Length > 0)
        {
            Assert.Inconclusive(s_missing);
        }

        var direct = await DirectAsync(testCase);
        var nexus = await s_nexus!.RunAsync(testCase, TestContext.CancellationToken);

        Assert.Contains(testCase.Expect, direct.Answers);
        Assert.AreEqual(direct.Answers, nexus.Answers, "answers");
        Assert.AreEqual(direct.Logs, nexus.Logs, "logs");
        Assert.AreEqual(direct.Stored, nexus.Stored, "stored data");
    }

    [TestMethod]
    public async Task Instances_OfTheseFunctions_AreMonitors()
    {
        if (s_missing.Length > 0)
        {
            Assert.Inconclusive(s_missing);
        }

        await s_nexus!.RunAsync(AllDifferentialCases.List[0], TestContext.CancellationToken);

        var programs = await s_nexus.ProgramsAsync();

        Assert.AreEqual("nexus-vmm", string.Join(',', programs.Distinct()));
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
