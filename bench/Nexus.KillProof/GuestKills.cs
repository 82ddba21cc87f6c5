using System.Diagnostics;
using Nexus.Backend.Sandbox;

namespace Nexus.KillProof;

/// <summary>Kills guests again and again at random moments and compares what the backend holds before and after.</summary>
public static class GuestKills
{
    private static readonly TimeSpan s_settleTime = TimeSpan.FromSeconds(25);
    private const int Guests = 4;
    private const int LongestPauseMilliseconds = 1500;

    // Until pools, caches and compiled code have reached their size.
    private const int WarmUpKills = 8;

    /// <param name="kills">How many guests die, besides a few before the first look.</param>
    /// <param name="seed">Makes the moments repeatable.</param>
    /// <param name="report">Hears of progress.</param>
    /// <param name="machines">Whether guests are virtual machines.</param>
    /// <exception cref="PlatformNotSupportedException">There are no virtual machines here.</exception>
    public static async Task<GuestKillsResult> RunAsync(int kills, int seed, Action<string> report, bool machines = false)
    {
        var random = new Random(seed);
        await using var setup = await ProofSetup.CreateAsync(Guests, machines);
        await using var backend = setup.Launch();
        await backend.WaitUntilReadyAsync();
        var hierarchy = CgroupHierarchy.Detect();
        await KillUnderLoadAsync(setup, backend, WarmUpKills, random, static _ => { });
        var before = await EndAllAsync(setup, backend, hierarchy, isSettled: static _ => false);
        var load = await KillUnderLoadAsync(setup, backend, kills, random, report);
        var after = await EndAllAsync(setup, backend, hierarchy, now => GuestKillsResult.Leaks(before, now).Count == 0);
        var files = Directory.GetFiles(setup.StateFolder).Length;
        await backend.StopAsync();
        return new GuestKillsResult(kills, before, after, files, setup.LivingGuests().Count, load)
        {
            MostOverrunMs = machines ? Proof.MostOverrunInMachinesMs : Proof.MostOverrunMs,
        };
    }

    private static async Task<LoadResult> KillUnderLoadAsync(
        ProofSetup setup,
        BackendProcess backend,
        int kills,
        Random random,
        Action<string> report
    )
    {
        await using var load = new Load(setup.Address, Guests);
        for (var killed = 0; killed < kills; )
        {
            await Task.Delay(random.Next(LongestPauseMilliseconds));
            var guests = await backend.GuestsAsync();
            if (guests.Count == 0 || !TryKill(guests[random.Next(guests.Count)]))
            {
                continue;
            }

            if (++killed % 10 == 0)
            {
                report($"{killed}/{kills} guests killed, {load.Completed} pieces of work done");
            }
        }

        for (var done = load.Completed; load.Completed < done + Guests; )
        {
            await Task.Delay(20);
        }

        return await load.StopAsync();
    }

    /// <summary>Kills the remaining guests, waits until the backend has noticed and looks at it.</summary>
    private static async Task<Footprint> EndAllAsync(
        ProofSetup setup,
        BackendProcess backend,
        CgroupHierarchy hierarchy,
        Func<Footprint, bool> isSettled
    )
    {
        var started = Stopwatch.GetTimestamp();
        while (setup.LivingGuests().Count > 0)
        {
            foreach (var guest in await backend.GuestsAsync())
            {
                TryKill(guest);
            }

            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                throw new InvalidOperationException("Guests could not be ended within 30 s.");
            }

            await Task.Delay(100);
        }

        // Finalizers, the collection of exits and the thread pool's own retirement of threads take their time.
        Footprint footprint;
        var ended = Stopwatch.GetTimestamp();
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            footprint = Footprint.Of(backend.Id, hierarchy);
        } while (!isSettled(footprint) && Stopwatch.GetElapsedTime(ended) < s_settleTime);

        return footprint;
    }

    private static bool TryKill(int process)
    {
        try
        {
            using var living = Process.GetProcessById(process);
            living.Kill();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
