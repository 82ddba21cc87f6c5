namespace Nexus.KillProof;

/// <summary>Promises as sentences of what broke them.</summary>
internal static class Proof
{
    /// <summary>How long a guest's call may take beyond its timeout.</summary>
    public const double MostOverrunMs = 100;

    /// <summary>The same in a machine, whose threads run when its own kernel and the host's let them; where that kernel is emulated, seconds later on a busy host.</summary>
    public const double MostOverrunInMachinesMs = 10_000;

    public static IEnumerable<string> Unless(bool holds, string sentence) => holds ? [] : [sentence];

    /// <summary>What holds whoever is killed.</summary>
    public static IEnumerable<string> Common(LoadResult load, double mostOverrunMs) =>
        [
            .. Unless(load.Completed > 0, "no work was done"),
            .. Unless(load.Wrong == 0, $"{load.Wrong} answers were wrong"),
            .. Unless(load.WorstOverrunMs <= mostOverrunMs, $"a guest's call took {load.WorstOverrunMs:F0} ms more than its timeout"),
            .. Unless(!load.Errors.ContainsKey("no answer in 40 s"), "an invocation was never answered"),
            .. Unless(!load.Errors.ContainsKey("Sandbox.Timedout"), "an invocation hung until its timeout"),
        ];
}
