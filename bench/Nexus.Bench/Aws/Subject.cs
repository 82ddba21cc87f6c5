namespace Nexus.Bench.Aws;

/// <summary>Something that makes or serves calls, started in one of the ways that are compared.</summary>
internal abstract class Subject : IAsyncDisposable
{
    /// <summary>The function's process.</summary>
    public required int GuestId { get; init; }

    /// <summary>The process of a second function that takes part.</summary>
    public int? NeighbourId { get; init; }

    /// <summary>The backend's process, if there is one.</summary>
    public int? BackendId { get; init; }

    public abstract Task<CallFigures> CallAsync(string operation, int count);

    /// <summary>Makes calls and charges each with what the processes spent on all of them.</summary>
    public async Task<OperationResult> MeasureAsync(string operation, int calls)
    {
        var (guests, backend) = (GuestCpu(), CpuOf(BackendId));
        var figures = await CallAsync(operation, calls);
        return new OperationResult(
            operation,
            (GuestCpu() - guests) / calls,
            (CpuOf(BackendId) - backend) / calls,
            figures.Median,
            figures.Percentile99
        );

        double GuestCpu() => CpuOf(GuestId) + CpuOf(NeighbourId);
    }

    public abstract ValueTask DisposeAsync();

    private static double CpuOf(int? process) => process is { } pid ? ProcessFigures.CpuMicroseconds(pid) : 0;
}
