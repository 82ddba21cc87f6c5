using System.Collections.Concurrent;
using System.Globalization;
using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;
using Nexus.TestKit;
using Nexus.TestKit.Machines;

namespace Nexus.Backend.Tests;

/// <summary>Instances that are virtual machines: what they go on from, and that they are no copies of each other.</summary>
[TestClass]
public sealed class VirtualMachineTests
{
    private const int Clones = 3;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Start_FromASnapshot_ClonesHaveTheirOwnRandomNumbersAndTheRightTime()
    {
        await using var node = await NodeAsync(static probe => probe);
        var made = new HashSet<string>();
        var random = new HashSet<string>();
        for (var clone = 0; clone < Clones; clone++)
        {
            var answer = await IdentityAsync(node);
            var drift = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - long.Parse(answer.Names[2], CultureInfo.InvariantCulture);
            TestContext.WriteLine(
                $"clone {clone}: ready after {node.Instance("probe").InitDuration.TotalMilliseconds:0} ms, clock {drift} ms behind the answer"
            );

            made.Add(answer.Text);
            Assert.IsTrue(random.Add(answer.Names[0]), "two clones made the same GUID");
            Assert.IsTrue(random.Add(answer.Names[1]), "two clones had the same random bytes");
            // Between two clones pass more than two seconds, which a clock that stood still would lack.
            Assert.IsLessThan(1500L, Math.Abs(drift), "the clone's clock is wrong");
            await EndAsync(node);
            await Task.Delay(2000);
        }

        // They are clones, or nothing was shown.
        Assert.HasCount(1, made);
    }

    [TestMethod]
    public async Task Start_AfterARehearsal_ClonesHaveTheirOwnRandomNumbersAndTheRightTime()
    {
        var stages = new ConcurrentQueue<string>();
        var (machines, function) = await PartsAsync();
        await using var node = await TestNode.StartAsync(
            "",
            machines with
            {
                Stages = (_, stage, _) => stages.Enqueue(stage),
            },
            function with
            {
                SnapshotEvent = """{"kind":"identity","text":"","amount":0}"""u8.ToArray(),
                Standby = true,
            }
        );
        var made = new HashSet<string>();
        var random = new HashSet<string>();
        for (var clone = 0; clone < Clones; clone++)
        {
            var answer = await IdentityAsync(node);
            var drift = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - long.Parse(answer.Names[2], CultureInfo.InvariantCulture);
            made.Add(answer.Text);
            Assert.IsTrue(random.Add(answer.Names[0]), "two clones made the same GUID");
            Assert.IsTrue(random.Add(answer.Names[1]), "two clones had the same random bytes");
            Assert.IsLessThan(1500L, Math.Abs(drift), "the clone's clock is wrong");
            // The second answer of an instance that took its channel over.
            Assert.IsTrue(random.Add((await IdentityAsync(node)).Names[0]), "a GUID came twice");
            if (clone == 0)
            {
                // Its clock stands still unless the monitor moves it on.
                await Task.Delay(2000);
            }

            await EndAsync(node);
            await Eventually.TrueAsync(() => stages.Count(static stage => stage == "prefetched") > clone, "the next is restored ahead");
        }

        Assert.HasCount(1, made);
        Assert.AreEqual(1, stages.Count(static stage => stage == "init"), "one machine was booted");
        Assert.DoesNotContain("resumed", stages, "no clone asks, where the machine has joined its channel");
    }

    [TestMethod]
    public async Task Start_BackendBeforeHasLeftASnapshot_GoesOnFromThere()
    {
        using var folder = new TemporaryFolder();
        var (machines, function) = await PartsAsync();
        var booted = 0;
        machines = machines with
        {
            Snapshots = Path.Combine(folder.Path, "snapshots"),
            SnapshotKey = Path.Combine(folder.Path, "key"),
            Stages = (_, stage, _) => Interlocked.Add(ref booted, stage == "init" ? 1 : 0),
        };

        var first = await LifeAsync(machines, function);
        Assert.AreEqual(1, booted);
        var file = Directory.GetFiles(machines.Snapshots).Single();
        var second = await LifeAsync(machines, function);
        Assert.AreEqual(1, booted, "nothing is booted again");
        Assert.AreEqual(first.Identity.Text, second.Identity.Text);
        Assert.IsEmpty(first.Identity.Names.Intersect(second.Identity.Names), "clones of two backends are no copies");

        // Another memory size is another machine.
        var larger = await LifeAsync(machines, function with { MemoryMb = 300 }, replaced: file);
        Assert.AreEqual(2, booted);
        Assert.AreNotEqual(first.Identity.Text, larger.Identity.Text);
        var other = Directory.GetFiles(machines.Snapshots).Single();
        Assert.AreNotEqual(file, other, "what the function will never want again is gone");

        var content = await File.ReadAllBytesAsync(other);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(other, content);
        var anew = await LifeAsync(machines, function with { MemoryMb = 300 });
        Assert.AreEqual(3, booted, "one that was altered is not used");
        Assert.Contains("NEXUS0931", anew.Log);
        Assert.AreEqual(anew.Identity.Text, (await LifeAsync(machines, function with { MemoryMb = 300 })).Identity.Text);
        Assert.AreEqual(3, booted);
    }

    [TestMethod]
    public async Task Start_RehearsalOfTheBackendBefore_GoesOnFromThere()
    {
        using var folder = new TemporaryFolder();
        var (machines, function) = await PartsAsync();
        var booted = 0;
        machines = machines with
        {
            Snapshots = Path.Combine(folder.Path, "snapshots"),
            SnapshotKey = Path.Combine(folder.Path, "key"),
            Stages = (_, stage, _) => Interlocked.Add(ref booted, stage == "init" ? 1 : 0),
        };
        function = function with { SnapshotEvent = """{"kind":"identity","text":"","amount":0}"""u8.ToArray() };

        var first = await LifeAsync(machines, function);
        var second = await LifeAsync(machines, function);
        Assert.AreEqual(1, booted, "nothing is booted, and no event handled, again");
        Assert.AreEqual(first.Identity.Text, second.Identity.Text);
        Assert.IsEmpty(first.Identity.Names.Intersect(second.Identity.Names), "clones of two backends are no copies");
        var file = Directory.GetFiles(machines.Snapshots).Single();

        // Another event leaves another machine behind.
        function = function with
        {
            SnapshotEvent = """{"kind":"identity","text":"other","amount":0}"""u8.ToArray(),
        };
        var other = await LifeAsync(machines, function, replaced: file);
        Assert.AreEqual(2, booted);
        Assert.AreNotEqual(first.Identity.Text, other.Identity.Text);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "taken when the function was made")]
    [DataRow(true, DisplayName = "taken after an event")]
    public async Task Start_SnapshotOfAnotherDay_ServesWithTheRightTimeUntilItIsTooOld(bool rehearsed)
    {
        using var folder = new TemporaryFolder();
        var (machines, function) = await PartsAsync();
        var booted = 0;
        machines = machines with
        {
            Snapshots = Path.Combine(folder.Path, "snapshots"),
            SnapshotKey = Path.Combine(folder.Path, "key"),
            SnapshotAge = TimeSpan.FromDays(4),
            Stages = (_, stage, _) => Interlocked.Add(ref booted, stage == "init" ? 1 : 0),
        };
        if (rehearsed)
        {
            function = function with { SnapshotEvent = """{"kind":"identity","text":"","amount":0}"""u8.ToArray() };
        }

        var first = await LifeAsync(machines, function);
        var file = Directory.GetFiles(machines.Snapshots).Single();
        var age = TimeSpan.FromDays(3);
        AgedSnapshot.Age(file, machines.SnapshotKey, age);
        await using (var node = await TestNode.StartAsync("", machines, function))
        {
            for (var call = 0; call < 3; call++)
            {
                var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                var answer = await IdentityAsync(node);
                var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                // It goes on by the time that has passed, which is that much more than what has really passed.
                var clock = long.Parse(answer.Names[2], CultureInfo.InvariantCulture) - (long)age.TotalMilliseconds;
                Assert.AreEqual(first.Identity.Text, answer.Text);
                Assert.IsInRange(before - 500, after + 500, clock, "a clone reads the clock of its host, from its first call on");
            }
        }

        Assert.AreEqual(1, booted);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-5));
        Assert.AreNotEqual(first.Identity.Text, (await LifeAsync(machines, function)).Identity.Text);
        Assert.AreEqual(2, booted, "one that is too old is made anew");
    }

    [TestMethod]
    public async Task Start_WithoutSnapshot_EachMachineIsMadeAnew()
    {
        await using var node = await NodeAsync(static probe => probe with { Snapshot = false });
        var first = await IdentityAsync(node);
        await EndAsync(node);

        var second = await IdentityAsync(node);

        Assert.AreNotEqual(first.Text, second.Text);
    }

    [TestMethod]
    public async Task Memory_UsedUp_IsReportedAsOutOfMemoryAndTheNextMachineServes()
    {
        await using var node = await NodeAsync(static probe => probe);

        var answer = await node.ProbeAsync("probe", "nativeMemory", amount: 1000);

        Assert.AreEqual("Runtime.OutOfMemory", answer.ErrorType, answer.Text);
        Assert.IsNull((await node.ProbeAsync("probe", "echo")).FunctionError);
    }

    [TestMethod]
    [DataRow(true, DisplayName = "clone")]
    [DataRow(false, DisplayName = "booted")]
    public async Task Idle_AfterWorkThatNeededMemory_GivesItBack(bool snapshot)
    {
        const int garbage = 100;
        await using var node = await NodeAsync(probe => probe with { Snapshot = snapshot });
        Assert.IsNull((await node.ProbeAsync("probe", "echo")).FunctionError);
        var before = Megabytes(node);
        Assert.IsNull((await node.ProbeAsync("probe", "garbage", amount: garbage)).FunctionError);
        var busy = Megabytes(node);
        Assert.IsGreaterThan(before + (garbage / 2), busy, "the work needed memory");

        await Eventually.TrueAsync(() => Megabytes(node) < before + (garbage / 4), "the node has the memory back");

        TestContext.WriteLine($"{before} MB, {busy} MB with garbage, {Megabytes(node)} MB idle");
        Assert.IsNull((await node.ProbeAsync("probe", "garbage", amount: garbage)).FunctionError, "it has memory to work with again");
    }

    [TestMethod]
    public async Task Function_ThatWritesIntoItsDevices_EndsItsMachineAtMost()
    {
        const int seeds = 9;
        var (machines, function) = await PartsAsync();
        var hostile = function with { Name = "hostile", Timeout = TimeSpan.FromSeconds(10) };
        await using var node = await TestNode.StartAsync("", machines, function, hostile);
        var neighbour = await IdentityAsync(node);
        var process = node.Instance("probe").Process.RootId;
        var ended = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            var answer = await node.ProbeAsync("hostile", "scribbleMachine", amount: seed);

            if (answer.FunctionError is null)
            {
                Assert.AreEqual("scribbled", answer.Json.GetProperty("text").GetString());
            }
            else
            {
                Assert.Contains(answer.ErrorType, new[] { "Runtime.ExitError", "Sandbox.Failure", "Sandbox.Timedout" }, answer.Text);
                ended++;
            }

            Assert.AreEqual(neighbour.Text, (await IdentityAsync(node)).Text);
            Assert.AreEqual(process, node.Instance("probe").Process.RootId, "another machine goes on");
        }

        TestContext.WriteLine($"{ended} of {seeds} machines ended");
        Assert.IsGreaterThan(0, ended, "a machine whose guest broke the rules is ended");
        Assert.IsNull((await node.ProbeAsync("hostile", "echo")).FunctionError);
    }

    [TestMethod]
    public async Task Start_FunctionCannotBeMade_SaysWhyAsAProcessDoes()
    {
        await using var node = await NodeAsync(static probe => probe with { Handler = "Probe::Probe.FailingConstructor::FunctionHandler" });

        var answer = await node.ProbeAsync("probe", "echo");

        Assert.IsNotNull(answer.FunctionError);
        var process = await (await Shared.NodeAsync()).ProbeAsync("probe-no-start", "echo");
        Assert.AreEqual(process.ErrorType, answer.ErrorType);
        Assert.AreEqual(process.ErrorMessage, answer.ErrorMessage);
    }

    private static long Megabytes(TestNode node) => node.Instance("probe").Process.ReadMemory().PssBytes >> 20;

    private static async Task<(VirtualMachineOptions Machines, FunctionDefinition Function)> PartsAsync()
    {
        var (machines, missing) = await MachineSupport.FindAsync();
        if (machines is null)
        {
            Assert.Inconclusive(missing);
        }

        var options = new VirtualMachineOptions
        {
            Kernel = machines!.Kernel.Path,
            KernelParameters = machines.Kernel.Parameters,
            Programs = MachineSupport.Programs,
            Images = RepositoryRoot.Combine("artifacts", "vm", "images"),
        };
        var probe = (await TestNode.FunctionAsync("probe", "Probe")) with
        {
            Sandbox = "vm",
            Environment = new Dictionary<string, string> { ["PROBE_IDENTITY"] = "yes" },
        };
        return (options, probe);
    }

    private static async Task<TestNode> NodeAsync(Func<FunctionDefinition, FunctionDefinition> change)
    {
        var (machines, function) = await PartsAsync();
        return await TestNode.StartAsync("", machines, change(function));
    }

    private static async Task<(string Text, IReadOnlyList<string> Names)> IdentityAsync(TestNode node)
    {
        var answer = await node.ProbeAsync("probe", "identity");
        Assert.IsNull(answer.FunctionError, answer.Text);
        return (answer.Json.GetProperty("text").GetString()!, answer.Names);
    }

    /// <summary>A backend from its start to its end; it has left a snapshot then.</summary>
    private static async Task<((string Text, IReadOnlyList<string> Names) Identity, string Log)> LifeAsync(
        VirtualMachineOptions machines,
        FunctionDefinition function,
        string replaced = ""
    )
    {
        await using var node = await TestNode.StartAsync("", machines, function);
        var identity = await IdentityAsync(node);
        await Eventually.TrueAsync(
            () =>
                Directory.Exists(machines.Snapshots)
                && Directory.GetFiles(machines.Snapshots) is [var only]
                && only.EndsWith(".snapshot", StringComparison.Ordinal)
                && only != replaced,
            "the snapshot is kept"
        );
        return (identity, node.Log.Text);
    }

    private static async Task EndAsync(TestNode node)
    {
        node.Instance("probe").Process.Kill();
        await Eventually.TrueAsync(() => node.Pool("probe").Instances.Count == 0, "the machine is gone");
    }
}
