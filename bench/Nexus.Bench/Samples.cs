using System.Diagnostics;

namespace Nexus.Bench;

/// <summary>Durations of repeated work.</summary>
internal sealed class Samples(int capacity)
{
    private readonly List<long> _ticks = new(capacity);

    public void Add(long start) => _ticks.Add(Stopwatch.GetTimestamp() - start);

    /// <summary>A percentile from 0 to 1, in microseconds.</summary>
    public double Microseconds(double percentile)
    {
        _ticks.Sort();
        return _ticks[(int)((_ticks.Count - 1) * percentile)] * 1e6 / Stopwatch.Frequency;
    }
}
