using System.Text.Json;
using System.Text.Json.Nodes;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

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
    /// <param name="machines">Runs them in virtual machines; null for processes.</param>
    /// <exception cref="FileNotFoundException">The command line is not built.</exception>
    public static async Task<NexusWorld> StartAsync(
        EmulatorSet emulators,
        IEnumerable<DifferentialCase> cases,
        HookMode mode = HookMode.Overlay,
        MachineSupport? machines = null
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
                ["sandbox"] = machines is null ? "process" : "vm",
                ["environment"] = new JsonObject(FunctionVariables.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            };
        }

        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        if (machines is not null)
        {
            configuration["vmKernel"] = machines.Kernel.Path;
            configuration["vmKernelParameters"] = machines.Kernel.Parameters;
            configuration["vmPrograms"] = MachineSupport.Programs;
        }

        return new NexusWorld(emulators, await NexusBackend.StartAsync(cli, configuration, emulators.CallerVariables));
    }

    /// <summary>Names of the programs that instances run in, as the host sees them.</summary>
    public async Task<IReadOnlyList<string>> ProgramsAsync()
    {
        using var status = JsonDocument.Parse(await _backend.Client.GetStringAsync(new Uri("/nexus/functions", UriKind.Relative)));
        return
        [
            .. status
                .RootElement.GetProperty("functions")
                .EnumerateArray()
                .SelectMany(static function => function.GetProperty("instances").EnumerateArray())
                .Select(static instance => File.ReadAllText($"/proc/{instance.GetProperty("process").GetInt32()}/comm").Trim()),
        ];
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
