using System.Diagnostics;

namespace Nexus.KillProof;

/// <summary>Kills the backend again and again at random moments, its own start included, and counts the guests that did not survive that.</summary>
public static class BackendKills
{
    private const int Guests = 4;
    private const int LongestLifeMilliseconds = 900;
    private const int LongestStartMilliseconds = 500;

    // A guest without a backend ends itself after 40 s; the rest is for slow machines.
    private static readonly TimeSpan s_orphansPatience = TimeSpan.FromSeconds(60);

    /// <param name="kills">How many backends die.</param>
    /// <param name="seed">Makes the moments repeatable.</param>
    /// <param name="report">Hears of progress.</param>
    /// <param name="machines">Whether guests are virtual machines.</param>
    /// <exception cref="PlatformNotSupportedException">There are no virtual machines here.</exception>
    public static async Task<BackendKillsResult> RunAsync(int kills, int seed, Action<string> report, bool machines = false)
    {
        var random = new Random(seed);
        await using var setup = await ProofSetup.CreateAsync(Guests, machines);
        var backend = setup.Launch();
        try
        {
            await backend.WaitUntilReadyAsync();
            await using var load = new Load(setup.Address, Guests);
            var tally = new Tally();
            var known = await WaitForGuestsAsync(backend);
            for (var kill = 1; kill <= kills; kill++)
            {
                await Task.Delay(random.Next(LongestLifeMilliseconds));
                known = await backend.GuestsAsync();
                await backend.KillAsync();
                await backend.DisposeAsync();
                tally.Kills++;
                backend = setup.Launch();
                if (kill < kills && random.Next(4) == 0)
                {
                    // A backend may also die while it takes over.
                    await Task.Delay(random.Next(LongestStartMilliseconds));
                    await backend.KillAsync();
                    await backend.DisposeAsync();
                    tally.Kills++;
                    kill++;
                    backend = setup.Launch();
                }

                var started = Stopwatch.GetTimestamp();
                await backend.WaitUntilReadyAsync();
                tally.Note(known, await backend.GuestsAsync(), Stopwatch.GetElapsedTime(started));
                await WaitForProgressAsync(load);
                if (kill % 10 <= 1)
                {
                    report($"{tally.Kills}/{kills} backends killed, {load.Completed} pieces of work done, {tally.Lost} guests lost");
                }
            }

            var seen = await load.StopAsync();
            await backend.StopAsync();
            return new BackendKillsResult(
                tally.Kills,
                tally.TakenOver,
                tally.Lost,
                tally.LongestRestart.TotalSeconds,
                await CountOrphansAsync(setup),
                Directory.GetFiles(setup.StateFolder).Length,
                seen
            )
            {
                MostOverrunMs = machines ? Proof.MostOverrunInMachinesMs : Proof.MostOverrunMs,
            };
        }
        finally
        {
            await backend.DisposeAsync();
            foreach (var guest in setup.LivingGuests())
            {
                End(guest);
            }
        }
    }

    private static async Task<IReadOnlyList<int>> WaitForGuestsAsync(BackendProcess backend)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            var guests = await backend.GuestsAsync();
            if (guests.Count == Guests)
            {
                return guests;
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException("The guests did not start within 30 s.");
    }

    /// <summary>Work goes on after every restart; a proof that only kills proves nothing.</summary>
    private static async Task WaitForProgressAsync(Load load)
    {
        var before = load.Completed;
        var started = Stopwatch.GetTimestamp();
        while (load.Completed == before)
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
            {
                throw new InvalidOperationException($"No work was done for a minute after a restart: {load.Result}");
            }

            await Task.Delay(10);
        }
    }

    private static async Task<int> CountOrphansAsync(ProofSetup setup)
    {
        var started = Stopwatch.GetTimestamp();
        while (setup.LivingGuests().Count > 0 && Stopwatch.GetElapsedTime(started) < s_orphansPatience)
        {
            await Task.Delay(500);
        }

        return setup.LivingGuests().Count;
    }

    private static void End(int process)
    {
        try
        {
            using var living = Process.GetProcessById(process);
            living.Kill();
        }
        catch (ArgumentException)
        {
            // It ended meanwhile.
        }
    }

    private sealed class Tally
    {
        public int Kills { get; set; }

        public int TakenOver { get; private set; }

        public int Lost { get; private set; }

        public TimeSpan LongestRestart { get; private set; }

        public void Note(IReadOnlyList<int> before, IReadOnlyList<int> after, TimeSpan restart)
        {
            TakenOver += before.Intersect(after).Count();
            Lost += before.Except(after).Count();
            LongestRestart = restart > LongestRestart ? restart : LongestRestart;
        }
    }
}
