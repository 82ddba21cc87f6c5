using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Differential.Servers.Tests.Worlds;

/// <summary>
/// Kestrel's world and those of the node, one for each way in which Nexus gets into programs and one in virtual machines where there are some; started by the first test
/// that asks.
/// </summary>
[TestClass]
public static class BothWorlds
{
    private static readonly SemaphoreSlim s_turn = new(1);
    private static EmulatorSet? s_emulators;
    private static KestrelWorld? s_kestrel;
    private static readonly List<RoutedWorld> s_nexus = [];

    internal static async Task<(ServerWorld Kestrel, IReadOnlyList<RoutedWorld> Nexus)> GetAsync()
    {
        await s_turn.WaitAsync();
        try
        {
            if (s_nexus.Count == 0)
            {
                s_emulators = await EmulatorSet.StartAsync();
                using var data = new EmulatorData(s_emulators);
                await data.CreateTableAsync("ledger", "id");
                s_kestrel = await KestrelWorld.StartAsync(s_emulators.CallerVariables, ServedApp.All);
                foreach (var mode in HookedFunctions.Modes)
                {
                    s_nexus.Add(await RoutedWorld.StartAsync(s_emulators.CallerVariables, ServedApp.All, mode));
                }

                // Where there are none, VirtualMachineTests are skipped with the reason.
                if ((await MachineSupport.FindAsync()).Support is { } machines)
                {
                    s_nexus.Add(await RoutedWorld.StartAsync(s_emulators.CallerVariables, ServedApp.All, HookMode.Overlay, machines));
                }
            }

            return (s_kestrel!, s_nexus);
        }
        finally
        {
            s_turn.Release();
        }
    }

    /// <summary>Runs the same in all worlds and compares what was seen.</summary>
    internal static async Task CompareAsync(Func<ServerWorld, Task<string>> observe)
    {
        var (kestrel, nexus) = await GetAsync();
        var expected = await observe(kestrel);
        foreach (var world in nexus)
        {
            var actual = await observe(world);
            Assert.AreEqual(expected, actual, $"\nKestrel:\n{expected}\n{world.Name}:\n{actual}\n");
        }
    }

    [AssemblyCleanup]
    public static async Task CleanupAsync()
    {
        foreach (var part in s_nexus.Append<IAsyncDisposable?>(s_kestrel).Append(s_emulators))
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }
}
