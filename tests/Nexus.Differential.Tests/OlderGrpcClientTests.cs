using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>
/// The comparisons of <see cref="RemoteCallTests"/> for older versions of Grpc.Net.Client: the oldest from 2.49 on that can be restored; with <c>./build.sh compat</c> one in between and the
/// last before the newest, too.
/// </summary>
[TestClass]
public sealed class OlderGrpcClientTests
{
    private static readonly string[] s_all = ["2.55.0", "2.66.0", "2.84.0"];
    private static readonly string[] s_versions = Environment.GetEnvironmentVariable("NEXUS_TEST_ALL_VERSIONS") == "1" ? s_all : s_all[..1];

    private static readonly Dictionary<string, DirectRunner> s_direct = [];
    private static RemoteCallWorld? s_world;

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Cases =>
        s_versions.SelectMany(static _ => RemoteCallCases.List, static (version, request) => new object[] { version, request });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_world = await RemoteCallWorld.StartAsync(context.CancellationToken);
        foreach (var version in s_versions)
        {
            var function = await PublishedFunctions.GetWithGrpcClientAsync(RemoteCallWorld.Function, version);
            s_direct.Add(version, await s_world.StartDirectAsync(function, context.CancellationToken));
            s_world.Add(NameOf(version), function.Folder, function.Handler);
        }

        await s_world.ServeAsync(context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        foreach (var direct in s_direct.Values)
        {
            await direct.DisposeAsync();
        }

        await (s_world?.DisposeAsync() ?? default);
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Calls_FromTheSandbox_LookTheSame(string version, string request)
    {
        await using var nexus = s_world!.Runner(NameOf(version));

        var (direct, through) = ("", "");
        // How many attempts hedging has begun when one is answered is decided by the moment.
        var most = request.Contains("hedged", StringComparison.Ordinal) ? 5 : 1;
        for (var i = 0; i < most && (i == 0 || direct != through); i++)
        {
            direct = await AnswerAsync(s_direct[version], request);
            through = await AnswerAsync(nexus, request);
        }

        Assert.AreEqual(direct, through);
        Assert.IsNotEmpty(direct);
    }

    private static string NameOf(string version) => $"{RemoteCallWorld.Function}-{version.Replace('.', '-')}".ToLowerInvariant();

    /// <summary>Of a call that asks for such exceptions and whose deadline is over before it begins, versions before 2.66 have another one: docs/limits.md.</summary>
    private async Task<string> AnswerAsync(IFunctionRunner runner, string request) =>
        (await RemoteCallWorld.AnswerAsync(runner, request, TestContext.CancellationToken)).Replace(
            "TaskCanceledException: A task was canceled.",
            "OperationCanceledException: The operation was canceled."
        );
}
