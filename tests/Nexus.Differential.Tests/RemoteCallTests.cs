using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>
/// A function that calls gRPC servers of another implementation, directly and from a sandbox without a network: everything its code sees must be the same.
/// </summary>
[TestClass]
public sealed class RemoteCallTests
{
    private static readonly Dictionary<string, string> s_directAnswers = [];
    private static RemoteCallWorld? s_world;
    private static DirectRunner? s_direct;

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Cases =>
        HookedFunctions.Modes.SelectMany(static _ => RemoteCallCases.List, static (mode, request) => new object[] { mode, request });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_world = await RemoteCallWorld.StartAsync(context.CancellationToken);
        var function = await PublishedFunctions.GetAsync(RemoteCallWorld.Function);
        s_direct = await s_world.StartDirectAsync(function, context.CancellationToken);
        foreach (var mode in HookedFunctions.Modes)
        {
            s_world.Add(NameOf(mode), await HookedFunctions.FolderAsync(RemoteCallWorld.Function, mode), function.Handler);
        }

        await s_world.ServeAsync(context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        await (s_world?.DisposeAsync() ?? default);
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Calls_FromTheSandbox_LookTheSame(HookMode mode, string request)
    {
        await using var nexus = s_world!.Runner(NameOf(mode));
        if (!s_directAnswers.TryGetValue(request, out var direct))
        {
            direct = await RemoteCallWorld.AnswerAsync(s_direct!, request, TestContext.CancellationToken);
            s_directAnswers.Add(request, direct);
        }

        var through = await RemoteCallWorld.AnswerAsync(nexus, request, TestContext.CancellationToken);
        // A server that answers with something else and closes is seen to close first, now and then, by the library too.
        for (var i = 1; i < 5 && direct != through && request.Contains("GARBAGE_URL", StringComparison.Ordinal); i++)
        {
            s_directAnswers[request] = direct = await RemoteCallWorld.AnswerAsync(s_direct!, request, TestContext.CancellationToken);
            through = await RemoteCallWorld.AnswerAsync(nexus, request, TestContext.CancellationToken);
        }

        Assert.AreEqual(direct, through);
        Assert.IsNotEmpty(direct);
    }

    private static string NameOf(HookMode mode) => $"{RemoteCallWorld.Function}-{mode}".ToLowerInvariant();
}
