using Nexus.Backend.Functions;
using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;

namespace Nexus.Backend.Tests;

/// <summary>Emulators and one node with the functions that most tests use; started by the first that asks.</summary>
[TestClass]
public static class Shared
{
    /// <summary>The backend's own keys, which no guest may ever hold.</summary>
    internal const string AccessKey = "AKIDBACKENDONLY7Q3Z";
    internal const string SecretKey = "backend-only-secret-9f1c44e0b7";

    /// <summary>A value that every probe holds, so that a search of its memory can be seen to find something.</summary>
    internal const string Planted = "planted-control-value-5d20aa";

    private static readonly SemaphoreSlim s_turn = new(1);
    private static EmulatorSet? s_emulators;
    private static TestNode? s_node;

    internal static EmulatorSet Emulators => s_emulators!;

    internal static async Task<TestNode> NodeAsync()
    {
        await s_turn.WaitAsync();
        try
        {
            return s_node ??= await StartAsync();
        }
        finally
        {
            s_turn.Release();
        }
    }

    [AssemblyCleanup]
    public static async Task CleanupAsync()
    {
        if (s_node is not null)
        {
            await s_node.DisposeAsync();
        }

        if (s_emulators is not null)
        {
            await s_emulators.DisposeAsync();
        }
    }

    private static async Task<TestNode> StartAsync()
    {
        Requirements.Check();
        s_emulators = await EmulatorSet.StartAsync();
        foreach (var (name, value) in s_emulators.CallerVariables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", SecretKey);
        using var data = new EmulatorData(s_emulators);
        await data.CreateTableAsync("items", "id");
        var probe = await TestNode.FunctionAsync("probe", "Probe") with
        {
            Environment = new Dictionary<string, string> { ["PLANTED"] = Planted },
        };
        var faults = await TestNode.FunctionAsync("faults", "Faults");
        return await TestNode.StartAsync(
            stateFolder: "",
            probe,
            probe with
            {
                Name = "probe-allowed",
                AllowedEndpoints = ["http://127.0.0.1:1"],
                AllowExplicitKeys = true,
            },
            probe with
            {
                Name = "probe-profile",
                Credentials = new FunctionCredentials { Profile = "no-such-profile" },
            },
            probe with
            {
                Name = "probe-single",
                MaxInstances = 1,
            },
            probe with
            {
                Name = "probe-nowhere",
                Region = "",
                Environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL_DYNAMODB"] = "" },
            },
            probe with
            {
                Name = "probe-events",
                AsyncRetryDelays = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50)],
            },
            probe with
            {
                Name = "probe-slow-start",
                Handler = "Probe::Probe.SlowConstructor::FunctionHandler",
                InitPhase = TimeSpan.FromSeconds(2),
                Environment = new Dictionary<string, string> { ["CONSTRUCTION_MS"] = "2500" },
            },
            probe with
            {
                Name = "probe-no-start",
                Handler = "Probe::Probe.FailingConstructor::FunctionHandler",
            },
            probe with
            {
                Name = "probe-no-handler",
                Handler = "Probe::Probe.Function::FunctionHandlr",
            },
            faults,
            faults with
            {
                Name = "faults-hasty",
                Timeout = TimeSpan.FromSeconds(1),
            },
            faults with
            {
                Name = "streams",
                Handler = "Faults::Faults.Signatures::StreamsLater",
            }
        );
    }
}
