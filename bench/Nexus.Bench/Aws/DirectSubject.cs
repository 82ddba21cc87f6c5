using System.Text;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Aws;

/// <summary>The class library as it is, in a plain process.</summary>
internal sealed class DirectSubject : FunctionSubject
{
    private readonly DirectRunner _runner;

    private DirectSubject(DirectRunner runner) => _runner = runner;

    public static async Task<Subject> StartAsync(
        PublishedFunction function,
        IReadOnlyDictionary<string, string> variables,
        int? neighbour = null
    )
    {
        var runner = await DirectRunner.StartAsync(function, variables);
        return new DirectSubject(runner) { GuestId = runner.ProcessId, NeighbourId = neighbour };
    }

    public override ValueTask DisposeAsync() => _runner.DisposeAsync();

    protected override async Task<string> InvokeAsync(string request)
    {
        var outcome = await _runner.InvokeAsync(Encoding.UTF8.GetBytes(request));
        var answer = Encoding.UTF8.GetString(outcome.Payload);
        return outcome.FunctionError is null ? answer : throw new BenchException($"the function failed as it is: {answer}");
    }
}
