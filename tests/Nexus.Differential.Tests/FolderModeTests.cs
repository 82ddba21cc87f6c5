using Nexus.Differential.Tests.Cases;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>Functions that <c>nexus rewrite</c> has changed beforehand behave as they do directly.</summary>
[TestClass]
public sealed class FolderModeTests
{
    private const int CasesPerFunction = 2;

    private static DirectWorld? s_direct;
    private static NexusWorld? s_nexus;
    private static DirectoryInfo? s_folders;

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Cases => Representatives().Select(testCase => new object[] { testCase });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_folders = Directory.CreateTempSubdirectory("nexus-rewritten-");
        s_direct = new DirectWorld(await EmulatorSet.StartAsync(context.CancellationToken));
        s_nexus = await NexusWorld.StartAsync(await EmulatorSet.StartAsync(context.CancellationToken), Representatives(), RewriteAsync);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        await (s_nexus?.DisposeAsync() ?? default);
        s_folders?.Delete(recursive: true);
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Function_ServedFromARewrittenFolder_LeavesTheSameTraces(DifferentialCase testCase)
    {
        var direct = await s_direct!.RunAsync(testCase, TestContext.CancellationToken);
        var nexus = await s_nexus!.RunAsync(testCase, TestContext.CancellationToken);

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

    private static async Task<string> RewriteAsync(PublishedFunction function)
    {
        var output = Path.Combine(s_folders!.FullName, function.Assembly);
        var rewrite = await FinishedProcess.RunAsync(
            NexusBackend.FindCli()!,
            new Dictionary<string, string>(),
            "rewrite",
            function.Folder,
            "-o",
            output
        );
        Assert.AreEqual(0, rewrite.ExitCode, rewrite.Output + rewrite.Error);
        return output;
    }
}
