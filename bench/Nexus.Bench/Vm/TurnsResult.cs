namespace Nexus.Bench.Vm;

/// <summary>Clones one after the other.</summary>
/// <param name="Clones">How many.</param>
/// <param name="Failures">That did not answer.</param>
/// <param name="Repeated">GUIDs, random bytes and request ids that had been seen before.</param>
/// <param name="MostClockError">The largest difference between a clone's clock and this process's, in ms.</param>
/// <param name="Median">From the call to the answer, in ms.</param>
/// <param name="Most">The slowest.</param>
internal sealed record TurnsResult(int Clones, int Failures, int Repeated, double MostClockError, double Median, double Most);
