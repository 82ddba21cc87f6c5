using Nexus.Bench.Output;

namespace Nexus.Bench.Aws;

/// <summary>Medians over the rounds, in microseconds per call.</summary>
internal sealed record OperationResult(string Operation, double GuestCpu, double BackendCpu, double Median, double Percentile99)
{
    public double NodeCpu => GuestCpu + BackendCpu;

    public static OperationResult MedianOf(IReadOnlyList<OperationResult> samples) =>
        new(
            samples[0].Operation,
            Figure.Median(samples.Select(static sample => sample.GuestCpu)),
            Figure.Median(samples.Select(static sample => sample.BackendCpu)),
            Figure.Median(samples.Select(static sample => sample.Median)),
            Figure.Median(samples.Select(static sample => sample.Percentile99))
        );
}
