using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>The guest's one program.</summary>
internal static class Child
{
    /// <summary>Runs it to its end, collecting whatever else is left to the first process meanwhile. Its exit code, or 128 and the signal's number.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="group">Limits its memory; null for no limit.</param>
    /// <param name="spawned">Called when it runs.</param>
    public static int Run(LaunchPlan plan, MemoryGroup? group, Action spawned)
    {
        group?.Enter();
        var child = InitNative.Spawn(plan.Words[0], [.. plan.Words], [.. plan.Variables]);
        group?.Leave();
        spawned();
        while (true)
        {
            var (ended, status) = InitNative.WaitForAny();
            if (ended == child)
            {
                var signal = status & 0x7F;
                return signal == 0 ? (status >> 8) & 0xFF : 128 + signal;
            }
        }
    }
}
