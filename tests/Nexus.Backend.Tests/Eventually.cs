using System.Diagnostics;

namespace Nexus.Backend.Tests;

/// <summary>Waits for what happens in the background.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.IsTrue(Stopwatch.GetElapsedTime(started) < s_watchdog, $"Not within {s_watchdog.TotalSeconds} s: {what}");
            await Task.Delay(20);
        }
    }
}
