using Nexus.Backend.Sandbox;
using Nexus.Diagnostics;
using Nexus.TestKit.Machines;

namespace Nexus.Sandbox.Tests;

/// <summary>What guests of virtual machines see, and how their ends are reported.</summary>
[TestClass]
public sealed class VirtualMachineSandboxTests
{
    [TestMethod]
    public async Task Dotnet_Report_FindsNoDeviceThatLeadsOut()
    {
        var result = await Guests.RunAsync(await SandboxAsync(), Guests.Dotnet("report") with { MemoryLimitMb = 400 });

        Assert.AreEqual(0, result.Exit.ExitCode, result.Output + result.Error);
        var expected = new Dictionary<string, string>
        {
            // The guest's own kernel has sockets, and nothing they lead to.
            ["socket"] = "done",
            ["unix socket"] = "done",
            ["interfaces"] = "done",
            ["app write"] = "IOException",
            ["tmp write"] = "done",
            // There are no programs in the image.
            ["child"] = "Win32Exception",
            ["threads"] = "done",
            ["watch"] = "done",
            ["crypto"] = "done",
            ["links"] = "1",
            ["heap limit"] = $"{300L * 1024 * 1024}",
            ["processors"] = "1",
        };
        var lines = result.Output.Trim().Split('\n');
        foreach (var (name, value) in expected)
        {
            CollectionAssert.Contains(lines, $"{name}={value}", result.Output);
        }
    }

    [TestMethod]
    public async Task Dotnet_AwkwardFolder_IsReadAsItIs()
    {
        using var app = new AppCopy();
        AwkwardTree.Make(Path.Combine(app.Path, "tree"));
        var spec = Guests.Dotnet("tree", "/var/task/tree") with { AppFolder = app.Path, MemoryLimitMb = 256 };

        var result = await Guests.RunAsync(await SandboxAsync(), spec);

        Assert.AreEqual($"tree={TreeText.Of(Path.Combine(app.Path, "tree"))}", result.Output.Trim(), result.Error);
    }

    [TestMethod]
    public async Task Dotnet_EndsWithACode_TheMonitorEndsWithIt()
    {
        var result = await Guests.RunAsync(await SandboxAsync(), Guests.Dotnet("no-such-part"));

        Assert.AreEqual(64, result.Exit.ExitCode, result.Output + result.Error);
        Assert.AreEqual(0, result.Exit.Signal);
    }

    [TestMethod]
    public async Task Dotnet_FailsFast_IsReportedAsAborted()
    {
        var result = await Guests.RunAsync(await SandboxAsync(), Guests.Dotnet("abort"));

        Assert.AreEqual(6, result.Exit.Signal, result.Output + result.Error);
        StringAssert.Contains(result.Output, "on purpose");
    }

    [TestMethod]
    public async Task Memory_BeyondTheLimit_IsKilledAndSaysSo()
    {
        var result = await Guests.RunAsync(await SandboxAsync(), Guests.Dotnet("eat", "300") with { MemoryLimitMb = 128 });

        Assert.AreEqual(9, result.Exit.Signal, result.Output + result.Error);
        Assert.IsTrue(result.Exit.OutOfMemory);
        Assert.AreEqual("", result.Output);
    }

    [TestMethod]
    public async Task Memory_KernelWithoutControlGroups_RunsWithoutALimitOfItsOwn()
    {
        var result = await Guests.RunAsync(await SandboxAsync(parameters: "cgroup_disable=memory"), Guests.Dotnet("eat", "60"));

        Assert.AreEqual("full\n", result.Output, result.Error);
    }

    [TestMethod]
    public async Task Memory_NearTheLimit_IsGranted()
    {
        // The runtime itself needs some 40 MB.
        var result = await Guests.RunAsync(await SandboxAsync(), Guests.Dotnet("eat", "200") with { MemoryLimitMb = 256 });

        Assert.AreEqual("full\n", result.Output, result.Error);
        Assert.IsFalse(result.Exit.OutOfMemory);
    }

    [TestMethod]
    public async Task Killed_WithMemoryLeft_IsNotOutOfMemory()
    {
        var result = await Guests.RunAsync(await SandboxAsync(), Guests.Dotnet("kill"));

        Assert.AreEqual(9, result.Exit.Signal, result.Output + result.Error);
        Assert.IsFalse(result.Exit.OutOfMemory);
    }

    [TestMethod]
    public async Task Tmp_Full_IsAnErrorThatAProcessGetsToo()
    {
        var spec = Guests.Dotnet("fill", "40") with { TmpSizeMb = 16, MemoryLimitMb = 256 };

        var machine = await Guests.RunAsync(await SandboxAsync(), spec);

        Assert.AreEqual(
            "filled=IOException: No space left on device : '/tmp/large'\nspace again=done\nsmall=done\n",
            machine.Output,
            machine.Error
        );
        var process = await Guests.RunAsync(Guests.Bubblewrap(), spec);
        Assert.AreEqual(process.Output, machine.Output);
    }

    [TestMethod]
    public async Task Tmp_LargerThanTheMemory_IsOutOfMemory()
    {
        var result = await Guests.RunAsync(
            await SandboxAsync(),
            Guests.Dotnet("fill", "300") with
            {
                TmpSizeMb = 512,
                MemoryLimitMb = 128,
            }
        );

        Assert.AreEqual(9, result.Exit.Signal, result.Output + result.Error);
        Assert.IsTrue(result.Exit.OutOfMemory);
    }

    [TestMethod]
    public async Task Monitor_WhileTheGuestRuns_HasNoPrivilegesAndAFilter()
    {
        await using var process = await (await SandboxAsync()).StartAsync(Guests.Dotnet("burn", "20000"), CancellationToken.None);
        while (process.GuestId is null)
        {
            await Task.Delay(10);
        }

        // The process id is that of setpriv until it has become the monitor.
        string[] lines = [];
        for (var attempt = 0; attempt < 500 && !lines.Contains("Name:\tnexus-vmm"); attempt++)
        {
            lines = await File.ReadAllLinesAsync($"/proc/{process.GuestId}/status");
            await Task.Delay(10);
        }

        CollectionAssert.Contains(lines, "Name:\tnexus-vmm");
        CollectionAssert.Contains(lines, "CapEff:\t0000000000000000");
        CollectionAssert.Contains(lines, "NoNewPrivs:\t1");
        CollectionAssert.Contains(lines, "Seccomp:\t2");
        if (Environment.IsPrivilegedProcess)
        {
            CollectionAssert.Contains(lines, "Uid:\t65534\t65534\t65534\t65534");
        }
    }

    [TestMethod]
    public async Task Kernel_NotOne_IsSaidOnStandardError()
    {
        var kernel = Path.GetTempFileName();
        await File.WriteAllTextAsync(kernel, "not a kernel");
        try
        {
            var result = await Guests.RunAsync(await SandboxAsync(kernel), Guests.Dotnet("hello"));

            Assert.AreEqual(1, result.Exit.ExitCode);
            StringAssert.StartsWith(result.Error, "error: NEXUS0910");
        }
        finally
        {
            File.Delete(kernel);
        }
    }

    [TestMethod]
    public async Task Kernel_Missing_IsRefused()
    {
        var failure = await Assert.ThrowsExactlyAsync<NexusException>(async () => await SandboxAsync("/no/such/kernel"));

        Assert.AreEqual(SandboxDiagnostics.GuestKernelMissing, failure.Diagnostic);
    }

    private static async Task<ISandbox> SandboxAsync(string? kernel = null, string parameters = "")
    {
        var (machines, missing) = await MachineSupport.FindAsync();
        if (machines is null)
        {
            Assert.Inconclusive(missing);
        }

        return new VirtualMachineSandbox(
            new VirtualMachineOptions
            {
                Kernel = kernel ?? machines!.Kernel.Path,
                KernelParameters = $"{machines!.Kernel.Parameters} {parameters}",
                Programs = MachineSupport.Programs,
                Images = RepositoryRoot("images"),
            },
            (BubblewrapSandbox)Guests.Bubblewrap(),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<VirtualMachineSandbox>.Instance
        );
    }

    private static string RepositoryRoot(string folder) => TestKit.RepositoryRoot.Combine("artifacts", "vm", folder);
}
