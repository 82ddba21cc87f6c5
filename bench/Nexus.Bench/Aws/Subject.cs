using System.Text.Json;

namespace Nexus.Bench.Aws;

/// <summary>A running instance of the function, started in one of the ways that are compared.</summary>
internal abstract class Subject : IAsyncDisposable
{
    /// <summary>The function's process.</summary>
    public required int GuestId { get; init; }

    /// <summary>The backend's process, if there is one.</summary>
    public int? BackendId { get; init; }

    public async Task<CallFigures> CallAsync(string operation, int count)
    {
        var answer = await InvokeAsync(Request(operation, count));
        return JsonSerializer.Deserialize<CallFigures>(answer, JsonSerializerOptions.Web)!;
    }

    /// <summary>Makes calls and charges each with what the processes spent on all of them.</summary>
    public async Task<OperationResult> MeasureAsync(string operation, int calls)
    {
        var (guest, backend) = (ProcessFigures.CpuMicroseconds(GuestId), BackendCpu());
        var figures = await CallAsync(operation, calls);
        return new OperationResult(
            operation,
            (ProcessFigures.CpuMicroseconds(GuestId) - guest) / calls,
            (BackendCpu() - backend) / calls,
            figures.Median,
            figures.Percentile99
        );

        double BackendCpu() => BackendId is { } pid ? ProcessFigures.CpuMicroseconds(pid) : 0;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<string> InvokeAsync(string request);

    protected static string Request(string operation, int count) =>
        FormattableString.Invariant($$"""{"operation":"{{operation}}","count":{{count}}}""");
}
