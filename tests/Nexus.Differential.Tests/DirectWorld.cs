using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>Functions as they are, with sockets and credentials of their own.</summary>
internal sealed class DirectWorld(EmulatorSet emulators) : World(emulators)
{
    private readonly Dictionary<string, DirectRunner> _runners = [];

    public override async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners.Values)
        {
            await runner.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    protected override async Task<IFunctionRunner> RunnerAsync(DifferentialCase testCase)
    {
        var key = testCase.Handler ?? testCase.Function;
        if (!_runners.TryGetValue(key, out var runner))
        {
            var function = await PublishedFunctions.GetAsync(testCase.Function);
            var variables = new Dictionary<string, string>(FunctionVariables);
            foreach (var (name, value) in Emulators.CallerVariables)
            {
                variables[name] = value;
            }

            runner = await DirectRunner.StartAsync(function, variables, testCase.Handler);
            _runners.Add(key, runner);
        }

        return runner;
    }
}
