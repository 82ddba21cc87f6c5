using Nexus.Bench.Aws;

namespace Nexus.Bench.Vm;

/// <summary>Warm calls of one way of running a function; CPU in us per call, times in us.</summary>
/// <param name="Name">As in the tables.</param>
/// <param name="Operations">One per operation.</param>
/// <param name="Pss">MiB of the function's process or of its monitor with the guest's memory, once the calls are over.</param>
internal sealed record MachineCalls(string Name, IReadOnlyList<OperationResult> Operations, double Pss);
