namespace BenchRemote;

/// <summary>How long the calls took, in microseconds; zeros when there were none.</summary>
public record CallFigures(int Count, double Median, double Percentile99);
