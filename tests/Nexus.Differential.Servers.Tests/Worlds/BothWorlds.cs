using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;

namespace Nexus.Differential.Servers.Tests.Worlds;

/// <summary>Both worlds, started by the first test that asks.</summary>
[TestClass]
public static class BothWorlds
{
    private static readonly SemaphoreSlim s_turn = new(1);
    private static EmulatorSet? s_emulators;
    private static KestrelWorld? s_kestrel;
    private static RoutedWorld? s_nexus;

    internal static async Task<(ServerWorld Kestrel, RoutedWorld Nexus)> GetAsync()
    {
        await s_turn.WaitAsync();
        try
        {
            if (s_nexus is null)
            {
                s_emulators = await EmulatorSet.StartAsync();
                using var data = new EmulatorData(s_emulators);
                await data.CreateTableAsync("ledger", "id");
                s_kestrel = await KestrelWorld.StartAsync(s_emulators.CallerVariables, ServedApp.All);
                s_nexus = await RoutedWorld.StartAsync(s_emulators.CallerVariables, ServedApp.All);
            }

            return (s_kestrel!, s_nexus);
        }
        finally
        {
            s_turn.Release();
        }
    }

    /// <summary>Runs the same in both worlds and compares what was seen.</summary>
    internal static async Task CompareAsync(Func<ServerWorld, Task<string>> observe)
    {
        var (kestrel, nexus) = await GetAsync();
        var expected = await observe(kestrel);
        var actual = await observe(nexus);
        Assert.AreEqual(expected, actual, $"\nKestrel:\n{expected}\nNexus:\n{actual}\n");
    }

    [AssemblyCleanup]
    public static async Task CleanupAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { s_nexus, s_kestrel, s_emulators })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }
}
