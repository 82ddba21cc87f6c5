using System.Diagnostics;
using System.Runtime.InteropServices;
using Nexus.Backend.Interop;
using Nexus.Backend.Sandbox;
using Nexus.Diagnostics;

namespace Nexus.Sandbox.Tests;

[TestClass]
public sealed class BubblewrapSandboxTests
{
    [TestMethod]
    public async Task Dotnet_Report_FindsNoWayOut()
    {
        var spec = Guests.Dotnet("report") with { MemoryLimitMb = 400, CpuLimit = 1 };

        var result = await Guests.RunAsync(Guests.Bubblewrap(), spec);

        Assert.AreEqual(0, result.Exit.ExitCode, result.Output + result.Error);
        var expected = new Dictionary<string, string>
        {
            ["socket"] = "done",
            ["datagrams"] = "AccessDenied",
            ["listener"] = "AccessDenied",
            ["connection"] = "AccessDenied",
            ["unix socket"] = "AccessDenied",
            ["interfaces"] = "NetworkInformationException",
            ["app write"] = "IOException",
            ["tmp write"] = "done",
            ["child"] = "done",
            ["threads"] = "done",
            ["watch"] = "done",
            ["crypto"] = "done",
            ["links"] = "1",
            ["heap limit"] = $"{300L * 1024 * 1024}",
            ["processors"] = "1",
            ["processes"] = "2",
            ["CapEff"] = "0000000000000000",
            ["NoNewPrivs"] = "1",
            ["Seccomp"] = SeccompFilter.IsSupported ? "2" : "0",
        };
        CollectionAssert.AreEquivalent(expected.Select(pair => $"{pair.Key}={pair.Value}").ToArray(), result.Output.Trim().Split('\n'));
    }

    [TestMethod]
    public async Task Dotnet_NetworkAllowed_OpensSockets()
    {
        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Dotnet("report") with { AllowNetwork = true });

        StringAssert.StartsWith(
            result.Output,
            "socket=done\ndatagrams=done\nlistener=done\nconnection=ConnectionRefused\nunix socket=done\ninterfaces=done\n"
        );
    }

    [TestMethod]
    public async Task Perl_MakingADescriptorBlock_IsRefused()
    {
        if (!File.Exists("/usr/bin/perl") || !SeccompFilter.IsSupported)
        {
            Assert.Inconclusive("needs /usr/bin/perl, to make system calls by number, and a filter for this processor");
        }

        // fcntl(F_SETFL) without and with O_NONBLOCK, ioctl(FIONBIO), fcntl(F_GETFD): a doorbell that blocks would hang the node.
        const string Script =
            "perl -e 'print join(\",\", map { $_ < 0 ? \"no\" : \"yes\" } syscall(72,1,4,0), syscall(72,1,4,2048), syscall(16,1,0x5421,0), syscall(72,1,1))'";

        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell(Script));

        Assert.AreEqual("no,yes,no,yes", result.Output.Trim(), result.Error);
    }

    [TestMethod]
    public async Task Shell_ItsWorld_IsMinimalAndReadOnly()
    {
        const string Script = """
            ls /; echo --; ls -d /etc/* | head -1; cat /var/task/file.txt; echo
            for f in /x /var/task/x /usr/x /dev/shm/x /etc/x /proc/sys/kernel/core_pattern; do ( : > $f ) 2>/dev/null && echo "wrote $f"; done
            dd if=/dev/zero of=/tmp/big bs=64k count=64 2>/dev/null || echo "tmp is full"
            ls /root /home /work 2>/dev/null
            cat /proc/net/dev | grep -c : ; kill -9 1 2>/dev/null; readlink /proc/self/fd/* | grep -v -e pipe: -e /dev/null -e /proc
            """;

        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell(Script) with { TmpSizeMb = 2 });

        var top = string.Join(
            '\n',
            Directory
                .GetDirectories("/")
                .Select(path => Path.GetFileName(path))
                .Where(name => name is "bin" or "sbin" or "lib" or "lib32" or "lib64")
                .Concat(["dev", "etc", "proc", "tmp", "usr", "var"])
                .Order(StringComparer.Ordinal)
        );
        StringAssert.StartsWith(result.Output, top + "\n--\n/etc/");
        StringAssert.EndsWith(result.Output, "\ncontent\ntmp is full\n1\n", result.Error);
    }

    [TestMethod]
    public async Task Shell_Hello_AnswersAndExitsWithItsCode()
    {
        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell("echo hello; echo worse >&2; pwd; exit 7"));

        Assert.AreEqual("hello\n/var/task\n", result.Output);
        Assert.AreEqual("worse\n", result.Error);
        Assert.AreEqual(7, result.Exit.ExitCode);
        Assert.AreEqual(0, result.Exit.Signal);
    }

    [TestMethod]
    public async Task Dotnet_FailsFast_IsReportedAsAborted()
    {
        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Dotnet("abort"));

        Assert.AreEqual(6, result.Exit.Signal);
        Assert.AreEqual(134, result.Exit.ExitCode);
        StringAssert.Contains(result.Error, "on purpose");
    }

    [TestMethod]
    public async Task Environment_OfTheGuest_IsWhatWasGivenAndItsLimits()
    {
        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin", ["ODD"] = "a b\n'\"ü" };

        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell("env -0 | sort -z") with { Environment = environment });

        CollectionAssert.AreEquivalent(
            new[]
            {
                "PATH=/usr/bin",
                "ODD=a b\n'\"ü",
                "DOTNET_EnableDiagnostics=0",
                "DOTNET_GCHeapHardLimit=18000000",
                $"PWD={SandboxSpec.TaskRoot}",
            },
            result.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(pair => pair[..2] != "_=" && pair != "OLDPWD=").ToArray()
        );
    }

    [TestMethod]
    public async Task Descriptors_ThreeToFive_ReachTheProgramAndNoOthersDo()
    {
        using var memory = Descriptors.MemoryFile("region", "through the region"u8);
        var (read, write) = Descriptors.Pipe();
        using var output = Descriptors.Reader(read);
        var descriptors = new Dictionary<int, SafeHandle>
        {
            [3] = memory,
            [4] = write,
            [5] = memory,
        };

        var dotnet = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Dotnet("descriptors") with { Descriptors = descriptors });
        var shell = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell("echo /proc/self/fd/*") with { Descriptors = descriptors });
        write.Dispose();

        Assert.AreEqual(18, dotnet.Exit.ExitCode, dotnet.Error);
        Assert.AreEqual("through the region", await Guests.ReadAsync(output));
        Assert.AreEqual(string.Join(' ', new[] { 0, 1, 2, 3, 4, 5, 6 }.Select(number => $"/proc/self/fd/{number}")), shell.Output.Trim());
    }

    [TestMethod]
    public async Task Memory_BeyondTheLimit_IsKilledAndSaysSo()
    {
        Guests.NeedsController("memory");

        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Dotnet("eat", "300") with { MemoryLimitMb = 128 });

        Assert.AreEqual("", result.Output);
        Assert.AreEqual(9, result.Exit.Signal);
        Assert.IsTrue(result.Exit.OutOfMemory);
    }

    [TestMethod]
    public async Task Memory_WithinTheLimit_IsGranted()
    {
        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Dotnet("eat", "300") with { MemoryLimitMb = 512 });

        Assert.AreEqual("full\n", result.Output, result.Error);
        Assert.IsFalse(result.Exit.OutOfMemory);
    }

    [TestMethod]
    public async Task Processes_ForkBomb_StopsAtTheLimit()
    {
        const string Bomb = "i=0; while [ $i -lt 200 ]; do sleep 30 & i=$((i+1)); echo $i; done; echo escaped";

        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell(Bomb) with { MaxProcesses = 40 });

        StringAssert.Contains(result.Error, "fork");
        Assert.IsLessThan(40, result.Output.Split('\n').Length);
    }

    [TestMethod]
    public async Task OpenFiles_Limit_IsTheSpecs()
    {
        var result = await Guests.RunAsync(
            Guests.Bubblewrap(),
            Guests.Shell("ulimit -n; ulimit -Hn; ulimit -c") with
            {
                MaxOpenFiles = 77,
            }
        );

        Assert.AreEqual("77\n77\n0\n", result.Output);
    }

    [TestMethod]
    public async Task Cpu_Limit_HoldsForAllThreadsTogether()
    {
        Guests.NeedsController("cpu");
        var wall = Stopwatch.StartNew();

        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Dotnet("burn", "1500") with { CpuLimit = 0.25 });

        Assert.AreEqual(0, result.Exit.ExitCode, result.Error);
        Assert.IsLessThan(wall.Elapsed * 0.4, result.Exit.CpuTime);
        Assert.AreNotEqual(TimeSpan.Zero, result.Exit.CpuTime);
    }

    [TestMethod]
    public async Task Kill_GuestWithChildren_EndsAllAndLeavesNoGroup()
    {
        await using var process = await Guests.Bubblewrap().StartAsync(Guests.Shell("sleep 60 & sleep 60 & echo go; wait"), default);
        await process.Output.ReadExactlyAsync(new byte[3]);
        var all = process.Processes();
        Assert.AreEqual("sh", File.ReadAllText($"/proc/{process.GuestId}/comm").Trim());
        Assert.HasCount(5, all);

        process.Kill();
        var exit = await process.Exited.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.AreEqual(9, exit.Signal);
        Assert.IsFalse(exit.OutOfMemory);
        Assert.IsFalse(all.Any(pid => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/status").Contains("zombie")));
        Assert.AreEqual("", string.Join(' ', Guests.Groups(Environment.ProcessId)));
    }

    [TestMethod]
    public async Task Exit_OfTheMainProcess_EndsWhatItLeftBehind()
    {
        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell("setsid sleep 60 & exit 3"));

        Assert.AreEqual(3, result.Exit.ExitCode);
        Assert.AreEqual("", string.Join(' ', Guests.Groups(Environment.ProcessId)));
    }

    [TestMethod]
    public async Task Usage_RunningGuest_IsMeasured()
    {
        await using var process = await Guests
            .Bubblewrap()
            .StartAsync(Guests.Shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo go; sleep 60; :"), default);
        await process.Output.ReadExactlyAsync(new byte[3]);

        var memory = process.ReadMemory();

        Assert.IsGreaterThan(50_000, memory.PssBytes);
        Assert.IsGreaterThan(50_000, memory.PrivateDirtyBytes);
        Assert.IsLessThan(20_000_000, memory.PssBytes);
        Assert.AreNotEqual(TimeSpan.Zero, process.ReadCpuTime());
        Assert.AreEqual(0, process.CountSockets());
    }

    [TestMethod]
    public async Task BackendKilled_Guest_LivesOnAndItsGroupIsRemovedLater()
    {
        _ = Guests.Bubblewrap();
        var (read, write) = Descriptors.Pipe();
        using var fromGuest = Descriptors.Reader(read);
        var program = Path.ChangeExtension(typeof(Guests).Assembly.Location, null);
        var variables = new[] { $"PATH={Environment.GetEnvironmentVariable("PATH")}", $"DOTNET_ROOT={DotnetRoot.Find()}" };
        using var backend = ProcessSpawner.Start(
            new SpawnRequest(program, [program, "--guest", "backend"], variables)
            {
                Descriptors = new Dictionary<int, SafeHandle> { [5] = write },
                CaptureOutput = true,
            }
        );
        write.Dispose();
        await backend.Output.ReadExactlyAsync(new byte["started\n".Length]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        backend.Kill();
        await backend.Exited;

        Assert.AreEqual("alive\n", await Guests.ReadAsync(fromGuest).WaitAsync(TimeSpan.FromSeconds(20)));
        while (Guests.Groups(backend.Id).Count > 0)
        {
            await Task.Delay(20);
            CgroupHierarchy.Detect();
        }
    }

    [TestMethod]
    public async Task Start_AppFolderMissing_NamesIt()
    {
        var spec = Guests.Shell("true") with { AppFolder = "/does/not/exist" };

        var error = await Assert.ThrowsExactlyAsync<NexusException>(() => Guests.Bubblewrap().StartAsync(spec, default));

        Assert.AreEqual(SandboxDiagnostics.MountSourceMissing, error.Diagnostic);
        Assert.AreEqual("/does/not/exist", error.Value);
    }

    [TestMethod]
    public async Task Start_ProgramMissing_ExitsWithBubblewrapsMessage()
    {
        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell("") with { Command = ["/usr/bin/no-such-program"] });

        Assert.AreNotEqual(0, result.Exit.ExitCode);
        StringAssert.Contains(result.Error, "no-such-program");
    }
}
