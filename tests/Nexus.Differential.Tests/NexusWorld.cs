using System.Text.Json.Nodes;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>The same functions through one Nexus backend, without a network of their own.</summary>
internal sealed class NexusWorld : World
{
    private readonly NexusBackend _backend;

    private NexusWorld(EmulatorSet emulators, NexusBackend backend)
        : base(emulators) => _backend = backend;

    /// <summary>Publishes the functions of the cases and starts a backend that serves them all.</summary>
    /// <param name="emulators">What the functions' calls reach.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="mode">How Nexus gets into the functions.</param>
    /// <exception cref="FileNotFoundException">The command line is not built.</exception>
    public static async Task<NexusWorld> StartAsync(
        EmulatorSet emulators,
        IEnumerable<DifferentialCase> cases,
        HookMode mode = HookMode.Overlay
    )
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var functions = new JsonObject();
        foreach (var testCase in cases.DistinctBy(NameOf))
        {
            var function = await PublishedFunctions.GetAsync(testCase.Function);
            functions[NameOf(testCase)] = new JsonObject
            {
                ["path"] = await HookedFunctions.FolderAsync(testCase.Function, mode),
                ["handler"] = testCase.Handler ?? function.Handler,
                ["memory"] = 512,
                ["timeout"] = 30,
                ["environment"] = new JsonObject(FunctionVariables.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            };
        }

        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        return new NexusWorld(emulators, await NexusBackend.StartAsync(cli, configuration, emulators.CallerVariables));
    }

    public override async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override Task<IFunctionRunner> RunnerAsync(DifferentialCase testCase) =>
        Task.FromResult<IFunctionRunner>(new NexusRunner(_backend, NameOf(testCase)));

    private static string NameOf(DifferentialCase testCase) =>
        (
            testCase.Handler is null ? testCase.Function : testCase.Handler.Replace("::", "-", StringComparison.Ordinal).Replace('.', '-')
        ).ToLowerInvariant();
}
