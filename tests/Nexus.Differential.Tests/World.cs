using System.Text;
using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>Emulators of its own and one way of running functions on them; two worlds never see each other's data.</summary>
internal abstract class World(EmulatorSet emulators) : IAsyncDisposable
{
    protected EmulatorSet Emulators { get; } = emulators;

    private EmulatorData Data { get; } = new(emulators);

    /// <summary>The variables that a user would configure.</summary>
    protected static IReadOnlyDictionary<string, string> FunctionVariables { get; } =
        new Dictionary<string, string>
        {
            ["ORDERS_TABLE"] = "orders",
            ["TABLE_NAME"] = "counters",
            ["BUCKET_NAME"] = "documents",
            ["QUEUE_NAME"] = "jobs",
            ["RESULTS_QUEUE"] = "results",
        };

    /// <summary>Runs a case from fresh data: answers, logs and what is stored afterwards, as comparable text.</summary>
    public async Task<CaseTrace> RunAsync(DifferentialCase testCase, CancellationToken cancellation)
    {
        await ResetAsync();
        await testCase.Prepare(Data);
        var runner = await RunnerAsync(testCase);
        var (answers, logs) = (new List<string>(), new List<string>());
        var normalizer = new Normalizer(Emulators, testCase.Function);
        foreach (var payload in testCase.Events)
        {
            var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(payload), cancellation);
            answers.Add(normalizer.Answer(outcome));
            logs.Add(normalizer.Log(outcome));
        }

        return new CaseTrace(string.Join('\n', answers), string.Join("\n--\n", logs), await EmulatorSnapshot.TakeAsync(Data));
    }

    public virtual async ValueTask DisposeAsync()
    {
        Data.Dispose();
        await Emulators.DisposeAsync();
    }

    protected abstract Task<IFunctionRunner> RunnerAsync(DifferentialCase testCase);

    private async Task ResetAsync()
    {
        await Data.ClearAsync();
        await Data.CreateTableAsync("orders", "CustomerId", "OrderId", new SecondaryIndex("byStatus", "Status", "Total"));
        await Data.CreateTableAsync("counters", "id");
        await Data.CreateBucketAsync("documents");
        await Data.CreateQueueAsync("jobs");
        await Data.CreateQueueAsync("results");
    }
}
