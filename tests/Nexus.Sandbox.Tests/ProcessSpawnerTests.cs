using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Nexus.Backend.Interop;
using Nexus.Backend.Sandbox;
using Nexus.Diagnostics;

namespace Nexus.Sandbox.Tests;

[TestClass]
public sealed class ProcessSpawnerTests
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(30);

    [TestMethod]
    public async Task Start_ArgumentsAndEnvironment_ArriveExactly()
    {
        string[] arguments = ["odd name", "-c", "printf '%s|' \"$0\" \"$@\"; /usr/bin/env", "zero", "", "a b", "ü\n"];
        using var process = ProcessSpawner.Start(new SpawnRequest("/bin/dash", arguments, ["B=2", "A=1"]) { CaptureOutput = true });

        var output = await Guests.ReadAsync(process.Output).WaitAsync(s_watchdog);

        StringAssert.StartsWith(output, "zero||a b|ü\n|");
        StringAssert.Contains(output, "B=2\n");
        StringAssert.Contains(output, "A=1\n");
        Assert.AreEqual(new ExitStatus(0, 0), await process.Exited.WaitAsync(s_watchdog));
    }

    [TestMethod]
    public async Task Start_SwappedDescriptorNumbers_EachReachesItsTarget()
    {
        using var first = Descriptors.MemoryFile("first", "first"u8);
        using var second = Descriptors.MemoryFile("second", "second"u8);
        var low = Math.Min((int)first.DangerousGetHandle(), (int)second.DangerousGetHandle());
        var high = Math.Max((int)first.DangerousGetHandle(), (int)second.DangerousGetHandle());
        var (atLow, atHigh) = (int)first.DangerousGetHandle() == low ? (second, first) : (first, second);

        // Each takes the other's own number: done one after the other without care, both would end up the same.
        using var process = ProcessSpawner.Start(
            Shell($"cat /proc/self/fd/{low}; cat /proc/self/fd/{high}") with
            {
                Descriptors = new Dictionary<int, SafeHandle> { [low] = atLow, [high] = atHigh },
            }
        );

        var expected = atLow == first ? "firstsecond" : "secondfirst";
        Assert.AreEqual(expected, await Guests.ReadAsync(process.Output).WaitAsync(s_watchdog));
    }

    [TestMethod]
    public async Task Start_Signals_AreDefaultInTheChild()
    {
        using var process = ProcessSpawner.Start(
            Shell("grep -E 'SigBlk|SigIgn' /proc/self/status | tr -d '\\t'; ps -o sid= -p $$; echo $$")
        );

        var lines = (await Guests.ReadAsync(process.Output).WaitAsync(s_watchdog)).Trim().Split('\n');

        Assert.AreEqual("SigBlk:0000000000000000", lines[0]);

        // 32 and 33 belong to the C library, which ignores them by itself while it spawns.
        Assert.AreEqual("SigIgn:0000000180000000", lines[1]);
        Assert.AreEqual(lines[3], lines[2].Trim(), "the child leads a session");
    }

    [TestMethod]
    public void Start_ProgramMissing_NamesIt()
    {
        var error = Assert.ThrowsExactly<NexusException>(() => ProcessSpawner.Start(new SpawnRequest("/no/such", ["x"], [])));

        Assert.AreEqual(SandboxDiagnostics.SpawnFailed, error.Diagnostic);
        StringAssert.Contains(error.Value, "/no/such");
    }

    [TestMethod]
    public async Task Kill_SleepingChild_ReportsTheSignal()
    {
        using var process = ProcessSpawner.Start(Shell("sleep 60"));

        process.KillGroup();

        Assert.AreEqual(new ExitStatus(137, 9), await process.Exited.WaitAsync(s_watchdog));
    }

    [TestMethod]
    public async Task Start_Hundreds_LeaveNoDescriptorAndNoZombie()
    {
        await StartAndWaitAsync(4);
        var before = OwnDescriptors();

        for (var round = 0; round < 10; round++)
        {
            await StartAndWaitAsync(30);
        }

        // One left by each start would be 300; the runtime's own come and go, a few at a time.
        Assert.IsLessThan(before + 30, OwnDescriptors());
        Assert.AreEqual(0, Zombies());
    }

    [TestMethod]
    public async Task Start_DisposedBeforeTheEnd_IsCollectedAllTheSame()
    {
        var process = ProcessSpawner.Start(Shell("exit 4"));
        process.Dispose();

        Assert.AreEqual(4, (await process.Exited.WaitAsync(s_watchdog)).Code);
        Assert.AreEqual(0, Zombies());
    }

    [TestMethod]
    public async Task Start_Concurrently_NeverSeesAnothersDescriptors()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => Task.Run(() => ListDescriptorsAsync(i))));

        foreach (var (number, answer) in answers)
        {
            Assert.AreEqual($"/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3 /proc/self/fd/4 own {number}", answer);
        }
    }

    [TestMethod]
    public async Task Start_WhileOthersOpenInheritableDescriptors_NeverSeesThem()
    {
        using var end = new CancellationTokenSource();
        var opener = Task.Factory.StartNew(() => OpenInheritable(end.Token), TaskCreationOptions.LongRunning);

        for (var i = 0; i < 120; i++)
        {
            var (number, answer) = await ListDescriptorsAsync(i);
            Assert.AreEqual($"/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3 /proc/self/fd/4 own {number}", answer);
        }

        await end.CancelAsync();
        await opener;
    }

    [TestMethod]
    public async Task Start_BesideSystemProcess_BothGetTheirOwnExitCodes()
    {
        var ours = Enumerable.Range(0, 40).Select(i => ProcessSpawner.Start(Shell($"exit {i}"))).ToArray();
        var theirs = Enumerable.Range(0, 40).Select(i => Process.Start("/bin/sh", ["-c", $"exit {100 + i}"])).ToArray();

        for (var i = 0; i < 40; i++)
        {
            await theirs[i].WaitForExitAsync().WaitAsync(s_watchdog);
            Assert.AreEqual(100 + i, theirs[i].ExitCode);
            Assert.AreEqual(new ExitStatus(i, 0), await ours[i].Exited.WaitAsync(s_watchdog));
            ours[i].Dispose();
            theirs[i].Dispose();
        }
    }

    [TestMethod]
    public async Task Output_ManySilentChildren_HoldNoThreads()
    {
        var processes = Enumerable.Range(0, 60).Select(_ => ProcessSpawner.Start(Shell("read x <&1; exit"))).ToArray();
        var reads = processes.Select(process => process.Output.ReadAsync(new byte[1]).AsTask()).ToArray();

        var threads = Directory.GetDirectories("/proc/self/task").Length;

        Assert.IsFalse(reads.Any(read => read.IsCompleted && !read.IsFaulted && read.Result > 0));
        Assert.IsLessThan(50, threads);
        foreach (var process in processes)
        {
            process.KillGroup();
            await process.Exited.WaitAsync(s_watchdog);
            process.Dispose();
        }

        await Task.WhenAll(reads).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(s_watchdog);
    }

    private static SpawnRequest Shell(string script) =>
        new("/bin/sh", ["sh", "-c", script], ["PATH=/usr/bin:/bin"]) { CaptureOutput = true };

    private static async Task StartAndWaitAsync(int count)
    {
        using var memory = Descriptors.MemoryFile("shared", "x"u8);
        var processes = Enumerable
            .Range(0, count)
            .Select(_ => ProcessSpawner.Start(Shell("exit 5") with { Descriptors = new Dictionary<int, SafeHandle> { [3] = memory } }))
            .ToArray();
        foreach (var process in processes)
        {
            Assert.AreEqual(5, (await process.Exited.WaitAsync(s_watchdog)).Code);
            process.Dispose();
        }
    }

    private static async Task<(int Number, string Answer)> ListDescriptorsAsync(int number)
    {
        using var memory = Descriptors.MemoryFile($"own {number}", System.Text.Encoding.ASCII.GetBytes($"own {number}"));
        var request = Shell("echo -n /proc/self/fd/*; echo -n ' '; cat <&3");
        using var process = ProcessSpawner.Start(request with { Descriptors = new Dictionary<int, SafeHandle> { [3] = memory } });
        return (number, await Guests.ReadAsync(process.Output).WaitAsync(s_watchdog));
    }

    // As native libraries and the runtime's own C code do: without O_CLOEXEC, at any moment.
    private static void OpenInheritable(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            _ = Native.Close(Native.MemfdCreate("inheritable", 0));
        }
    }

    private static int OwnDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int Zombies() =>
        ProcessTree
            .Children(Environment.ProcessId)
            .Count(pid => File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat").Contains(") Z "));
}
