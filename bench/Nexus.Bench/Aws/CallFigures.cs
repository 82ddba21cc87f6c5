namespace Nexus.Bench.Aws;

/// <summary>What the function <c>BenchCalls</c> answers: latencies as its handler saw them, in microseconds.</summary>
internal sealed record CallFigures(int Count, double Median, double Percentile99);
