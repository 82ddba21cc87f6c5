using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>A program with a Main of its own prints, returns and stores the same directly and by <c>nexus run</c>.</summary>
[TestClass]
public sealed class ProgramTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(HookMode.Overlay, 0, "0 items, 0 pieces: OK")]
    [DataRow(HookMode.Overlay, 2, "", "missing")]
    [DataRow(HookMode.Folder, 0, "0 items, 0 pieces: OK")]
    [DataRow(HookMode.Build, 0, "0 items, 0 pieces: OK")]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Program_ByNexusRun_PrintsReturnsAndStoresTheSame(
        HookMode mode,
        int exitCode,
        string output,
        params string[] arguments
    )
    {
        var folder = await HookedFunctions.FolderAsync("StockReport", mode);
        var program = await PublishedFunctions.GetAsync("StockReport");
        await using var emulators = await EmulatorSet.StartAsync(TestContext.CancellationToken);
        using var data = new EmulatorData(emulators);

        await ResetAsync(data);
        var main = Path.Combine(program.Folder, program.Assembly + ".dll");
        var direct = await FinishedProcess.RunAsync(main, emulators.CallerVariables, arguments);
        var storedDirectly = await EmulatorSnapshot.TakeAsync(data);
        await ResetAsync(data);
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var nexus = await FinishedProcess.RunAsync(cli, emulators.CallerVariables, ["run", folder, .. arguments]);

        Assert.AreEqual(exitCode, direct.ExitCode, direct.Error);
        Assert.StartsWith(output, direct.Output);
        Assert.AreEqual(direct.ExitCode, nexus.ExitCode, nexus.Error);
        Assert.AreEqual(direct.Output, nexus.Output);
        // The command line adds its own summary behind what the program writes.
        Assert.StartsWith(direct.Error, nexus.Error);
        Assert.AreEqual(storedDirectly, await EmulatorSnapshot.TakeAsync(data));
    }

    private static async Task ResetAsync(EmulatorData data)
    {
        await data.ClearAsync();
        await data.CreateTableAsync("counters", "id");
        await data.CreateBucketAsync("documents");
    }
}
