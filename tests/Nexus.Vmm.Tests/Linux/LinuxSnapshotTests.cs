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

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Restore_LiveStockKernel_ClonesGoOnWithOwnEntropyAndTheRightTime()
    {
        using var kvm = Host.OpenKvm();
        var parts = Host.Parts();
        using var file = new MemoryStream();
        var options = new MachineOptions { MemoryBytes = LinuxGuest.MemoryBytes };
        using (var machine = LinuxGuest.Boot(kvm, parts, "clone", options))
        {
            machine.Start();
            await machine.Prints("guest: tick 2");
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
            await machine.Prints("guest: tick 5 ");
            await machine.Prints("guest: tick 6 ");
            TestContext.WriteLine(
                $"clone {clone}: restored in {restored:0.0} ms, tick 5 after {watch.ElapsedMilliseconds} ms, working set {set?.Pages}"
            );
            set ??= WorkingSet.Record(machine.Memory, pageMap);

            var tick = Tick().Match(machine.ConsoleText);
            Assert.IsTrue(tick.Success, machine.ConsoleText);
            Assert.AreEqual("True", tick.Groups["intact"].Value);
            Assert.IsTrue(seen.Add(tick.Groups["random"].Value), "two clones had the same random bytes");
            var drift = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - long.Parse(tick.Groups["clock"].Value);
            Assert.IsLessThan(1200L, Math.Abs(drift), $"the clone's clock is {drift} ms off");
        }
    }

    [GeneratedRegex("guest: tick 5 intact=(?<intact>\\w+) random=(?<random>\\w+) clock=(?<clock>\\d+)")]
    private static partial Regex Tick();
}
