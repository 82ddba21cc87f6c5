using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Linux;

[TestClass]
[TestCategory(Host.Kvm)]
public sealed partial class LinuxSnapshotTests
{
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)7, 32)];

    // A restore that forgets the time that has passed is 1.5 s late. What the guest said lies between two of our own readings, however slow guest and console are.
    private const long MostClockErrorMilliseconds = 100;

    // Tick 2 is seen before the snapshot is taken; the next ones are all the clone's.
    private const int LastTick = 6;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Restore_LiveStockKernel_ClonesGoOnWithOwnEntropyAndTheRightTime()
    {
        using var kvm = Host.OpenKvm();
        var parts = await Host.PartsAsync();
        using var file = new MemoryStream();
        var options = new MachineOptions { MemoryBytes = LinuxGuest.MemoryBytes };
        var clock = new ConsoleClock();
        using (var machine = LinuxGuest.Boot(kvm, parts, "clone", options, output: clock.Note))
        {
            machine.Start();
            await ReadTickAsync(machine, clock, 2);
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
            clock = new ConsoleClock();
            using var machine = SnapshotRestore.Restore(kvm, options with { SerialOutput = clock.Note }, snapshot);
            set?.Prefetch(machine.Memory);
            var restored = watch.Elapsed.TotalMilliseconds;
            machine.Start();
            var tick = await ReadTickAsync(machine, clock, LastTick);
            TestContext.WriteLine(
                $"clone {clone}: restored in {restored:0.0} ms, last tick after {watch.ElapsedMilliseconds} ms, working set {set?.Pages}"
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
        }
    }

    [TestMethod]
    public async Task Restore_LongAfterTheSnapshot_TheClockIsRightFromTheFirstReading()
    {
        const int days = 400;
        using var kvm = Host.OpenKvm();
        var parts = await Host.PartsAsync();
        using var file = new MemoryStream();
        var options = new MachineOptions { MemoryBytes = LinuxGuest.MemoryBytes };
        var clock = new ConsoleClock();
        using (var machine = LinuxGuest.Boot(kvm, parts, "clone", options, output: clock.Note))
        {
            machine.Start();
            await ReadTickAsync(machine, clock, 2);
            Assert.IsTrue(machine.Pause());
            SnapshotWriter.Write(machine, file, Key);
        }

        file.Position = 0;
        using var snapshot = VerifiedSnapshot.Read(file, Key);
        clock = new ConsoleClock();
        using var clone = SnapshotRestore.Restore(
            kvm,
            options with
            {
                SerialOutput = clock.Note,
            },
            GuestMemory.CopyOnWrite(snapshot.Memory, snapshot.MemoryBytes, offset: 0),
            Older(snapshot.State, TimeSpan.FromDays(days))
        );
        clone.Start();

        // All that the guest reads, it reads from a clock that is days later than it was.
        for (var tick = 4; tick <= LastTick; tick++)
        {
            await ReadTickAsync(clone, clock, tick, daysAhead: days);
        }
    }

    /// <summary>The same state, taken that much earlier: its guest's clock has to go on by as much more.</summary>
    private static byte[] Older(ReadOnlyMemory<byte> state, TimeSpan age)
    {
        var bytes = state.ToArray();
        var written = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(written, (StateSummary.Of(state).SavedAt - DateTimeOffset.UnixEpoch).Ticks * 100);
        var at = bytes.AsSpan().IndexOf(written);
        Assert.IsGreaterThan(0, at);
        var saved = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), saved - (age.Ticks * 100));
        return bytes;
    }

    /// <summary>What the guest said at a tick. It read its clock after the line before had ended and before this line began.</summary>
    private async Task<Match> ReadTickAsync(VirtualMachine machine, ConsoleClock clock, int number, int daysAhead = 0)
    {
        var text = $"guest: tick {number} ";
        await machine.Prints(text);
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            if (clock.Find(text) is var (before, found))
            {
                var tick = Tick().Match(found.Text);
                var time = long.Parse(tick.Groups["clock"].Value) - (daysAhead * 86_400_000L);
                var late = before.Ended - time;
                var early = time - found.Began;
                TestContext.WriteLine($"tick {number}: {-late} ms after the line before it, {-early} ms before its own");
                Assert.IsLessThan(MostClockErrorMilliseconds, late, "the clock is late");
                Assert.IsLessThan(MostClockErrorMilliseconds, early, "the clock is early");
                return tick;
            }

            await Task.Delay(5);
        }

        throw new TimeoutException(machine.ConsoleText);
    }

    [GeneratedRegex("guest: tick (?<number>\\d+) intact=(?<intact>\\w+) random=(?<random>\\w+) clock=(?<clock>\\d+)")]
    private static partial Regex Tick();
}
