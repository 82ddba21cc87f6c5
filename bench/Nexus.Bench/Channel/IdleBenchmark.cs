namespace Nexus.Bench.Channel;

/// <summary>CPU of a hundred instances that do nothing but have their heartbeat: one backend, one process with a pump per guest.</summary>
internal static class IdleBenchmark
{
    private const int Instances = 100;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(Report report)
    {
        using var pair = new ChannelPair(spinMicroseconds: 50, Instances);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var before = pair.Process.Cpu();
        for (var second = 0; second < Duration.TotalSeconds; second++)
        {
            foreach (var backend in pair.Backends)
            {
                backend.Beat();
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var after = pair.Process.Cpu();
        report.Add(
            ("instances", Instances),
            ("backend, % of a core", (after.Here - before.Here) / Duration.TotalMicroseconds * 100),
            ("guests together, % of a core", (after.There - before.There) / Duration.TotalMicroseconds * 100)
        );
        report.Write("Idle instances");
        return 0;
    }
}
