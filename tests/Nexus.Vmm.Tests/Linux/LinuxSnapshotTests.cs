using System.Diagnostics;
using System.Text.RegularExpressions;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Snapshots;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Linux;

[TestClass]
[TestCategory(Host.Kvm)]
public sealed partial class LinuxSnapshotTests
{
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)7, 32)];

    // A restore that forgets the time that has passed is 1.5 s late.
    private const long MostDriftMilliseconds = 1200;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Restore_LiveStockKernel_ClonesGoOnWithOwnEntropyAndTheRightTime()
    {
        using var kvm = Host.OpenKvm();
        var parts = await Host.PartsAsync();
        using var file = new MemoryStream();
        var options = new MachineOptions { MemoryBytes = LinuxGuest.MemoryBytes };
        using (var machine = LinuxGuest.Boot(kvm, parts, "clone", options))
        {
            machine.Start();
            var (_, drift) = await ReadTickAsync(machine, 2);
            TestContext.WriteLine($"the guest's clock was {drift} ms late before the snapshot");
            Assert.IsTrue(machine.Pause());
            SnapshotWriter.Write(machine, file, Key);
        }

        // Time passes that the clones must notice.
        await Task.Delay(1500);
        file.Position = 0;
        using var snapshot = VerifiedSnapshot.Read(file, Key);
        TestContext.WriteLine($"file {file.Length >> 10} KiB of {LinuxGuest.MemoryBytes >> 10}");
        var seen = new HashSet<string>();
        WorkingSet? set = null;
        using var pageMap = OwnedDescriptor.OpenRead("/proc/self/pagemap");
        for (var clone = 0; clone < 3; clone++)
        {
            var watch = Stopwatch.StartNew();
            using var machine = SnapshotRestore.Restore(kvm, options with { SerialOutput = LiveConsole.Show }, snapshot);
            set?.Prefetch(machine.Memory);
            var restored = watch.Elapsed.TotalMilliseconds;
            machine.Start();
            var (tick, drift) = await ReadTickAsync(machine, 5);
            TestContext.WriteLine(
                $"clone {clone}: restored in {restored:0.0} ms, tick 5 after {watch.ElapsedMilliseconds} ms, clock {drift} ms late, working set {set?.Pages}"
            );
            if (set is null)
            {
                using var stored = MemoryMapping.CreateMemory("working-set", 0);
                var recorded = WorkingSet.Record(machine.Memory, pageMap);
                Assert.IsNull(WorkingSet.Load(stored, machine.Memory), "what can still be changed is not read");
                recorded.Save(stored);
                set = WorkingSet.Load(stored, machine.Memory)!;
                CollectionAssert.AreEqual(recorded.Runs.ToArray(), set.Runs.ToArray());
                Assert.IsTrue(set.Runs.Any(static run => run.Written) && set.Runs.Any(static run => !run.Written));
            }

            Assert.AreEqual("True", tick.Groups["intact"].Value);
            Assert.IsTrue(seen.Add(tick.Groups["random"].Value), "two clones had the same random bytes");
            Assert.IsLessThan(MostDriftMilliseconds, Math.Abs(drift), $"the clone's clock is {drift} ms off");
        }
    }

    /// <summary>What the guest said at a tick, and how late its clock was by the time of this process; waking up and reading are in it.</summary>
    private static async Task<(Match Tick, long Drift)> ReadTickAsync(VirtualMachine machine, int number)
    {
        await machine.Prints($"guest: tick {number} ");
        for (var attempt = 0; attempt < 400; attempt++)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            if (Tick().Matches(machine.ConsoleText).LastOrDefault(m => m.Groups["number"].Value == $"{number}") is { } tick)
            {
                return (tick, now - long.Parse(tick.Groups["clock"].Value));
            }

            await Task.Delay(5);
        }

        throw new TimeoutException(machine.ConsoleText);
    }

    [GeneratedRegex("guest: tick (?<number>\\d+) intact=(?<intact>\\w+) random=(?<random>\\w+) clock=(?<clock>\\d+)\\r?\\n")]
    private static partial Regex Tick();
}
