namespace Nexus.Bench.Aws;

/// <summary>Medians over the rounds, in microseconds per call.</summary>
internal sealed record OperationResult(string Operation, double GuestCpu, double BackendCpu, double Median, double Percentile99)
{
    public double NodeCpu => GuestCpu + BackendCpu;
}
