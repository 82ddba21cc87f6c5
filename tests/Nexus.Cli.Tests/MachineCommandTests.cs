using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Cli.Tests;

/// <summary><c>nexus image</c> and <c>nexus vm</c>, each as a process.</summary>
[TestClass]
public sealed class MachineCommandTests
{
    [TestMethod]
    public async Task Image_BuiltBootedSuspendedAndRestored_AnswersAndIsInspected()
    {
        var environment = await EnvironmentAsync();
        using var folder = new TempFolder();
        var image = Path.Combine(folder.Path, "image");
        var probe = await PublishedFunctions.GetAsync("Probe");
        var anEvent = folder.Write("event.json", """{"kind":"echo","text":"hello","amount":0}""");

        var built = await RunAsync("image", "build", probe.Folder, "--handler", probe.Handler, "-o", image, "--memory", "256", "--json");
        var booted = await RunAsync("vm", "boot", image, "--event", anEvent, "--json");
        await RunAsync("vm", "snapshot", image, "--json");
        var restored = await RunAsync("vm", "restore", image, "--event", anEvent, "--json");
        var snapshot = Path.Combine(image, "machine.snapshot");
        var inspected = await RunAsync("vm", "inspect", snapshot, "--json");

        var digest = built.Expect(0).Json.GetProperty("digest").GetString();
        Assert.AreEqual(3, built.Json.GetProperty("files").GetArrayLength());
        CollectionAssert.IsSubsetOf(
            new[] { "monitor", "running", "init", "mounted", "spawned", "made", "ready", "answered" },
            Stages(booted)
        );
        CollectionAssert.IsSubsetOf(new[] { "monitor", "running", "resumed", "ready", "answered" }, Stages(restored));
        CollectionAssert.DoesNotContain(Stages(restored), "init");
        Assert.AreEqual("hello", restored.Json.GetProperty("result").GetProperty("text").GetString());
        Assert.AreEqual(digest, inspected.Expect(0).Json.GetProperty("images").GetString());
        StringAssert.Contains(inspected.Json.GetProperty("devices").GetString(), "pmem");

        // A bit of the guest's memory.
        var bytes = await File.ReadAllBytesAsync(snapshot);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(snapshot, bytes);
        Assert.AreEqual("NEXUS0931", ErrorId(await RunAsync("vm", "restore", image, "--json")));

        Task<CliProcess> RunAsync(params string[] arguments) => CliProcess.RunAsync(environment, "", arguments);
    }

    [TestMethod]
    public async Task Inspect_FolderThatIsNoImage_SaysSo()
    {
        using var folder = new TempFolder();
        folder.Write("image.json", "{}");

        Assert.AreEqual("NEXUS0215", ErrorId(await CliProcess.RunAsync("vm", "inspect", folder.Path, "--json")));
    }

    [TestMethod]
    public async Task Build_KernelWithModules_TheImageHasThoseThatGuestsNeed()
    {
        var environment = await EnvironmentAsync();
        using var folder = new TempFolder();
        var image = Path.Combine(folder.Path, "image");
        var probe = await PublishedFunctions.GetAsync("Probe");
        // What the kernel's own text says about itself, so that the module is one of this kernel.
        Directory.CreateDirectory(Path.Combine(folder.Path, "modules", "kernel"));
        folder.Write("modules/modules.builtin", "virtio_mmio.ko\nvirtio_console.ko\nvirtio_pmem.ko\nnd_pmem.ko\nerofs.ko\n");
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "modules", "kernel", "virtio-rng.ko"), ModuleFile.Of("vermagic=Linux SMP"));
        environment["NEXUS_VM_MODULES"] = Path.Combine(folder.Path, "modules");

        var built = await RunAsync("image", "build", probe.Folder, "--handler", probe.Handler, "-o", image, "--json");

        Assert.AreEqual(4, built.Expect(0).Json.GetProperty("files").GetArrayLength());
        var archive = Path.Combine(image, "modules.cpio");
        StringAssert.Contains(await File.ReadAllTextAsync(archive), "modules/00-virtio_rng.ko");
        (await RunAsync("vm", "inspect", image, "--json")).Expect(0);
        await File.AppendAllTextAsync(archive, "?");
        Assert.AreEqual("NEXUS0215", ErrorId(await RunAsync("vm", "inspect", image, "--json")));

        folder.Write("modules/modules.builtin", "virtio_mmio.ko\nvirtio_console.ko\nvirtio_pmem.ko\nnd_pmem.ko\n");
        var refused = await RunAsync("image", "build", probe.Folder, "--handler", probe.Handler, "-o", image + "2", "--json");
        Assert.AreEqual("NEXUS0216", ErrorId(refused));
        Assert.IsFalse(Directory.Exists(image + "2"), "something was left behind");

        Task<CliProcess> RunAsync(params string[] arguments) => CliProcess.RunAsync(environment, "", arguments);
    }

    [TestMethod]
    public async Task Build_KernelThatIsNone_SaysSo()
    {
        var environment = await EnvironmentAsync();
        using var folder = new TempFolder();
        var probe = await PublishedFunctions.GetAsync("Probe");
        string[] words = ["image", "build", probe.Folder, "--handler", probe.Handler, "--kernel", folder.Write("kernel", "none"), "--json"];

        var run = await CliProcess.RunAsync(environment, "", [.. words, "-o", Path.Combine(folder.Path, "image")]);

        Assert.AreEqual("NEXUS0910", ErrorId(run));
        Assert.IsFalse(Directory.Exists(Path.Combine(folder.Path, "image")), "something was left behind");
    }

    private static async Task<Dictionary<string, string>> EnvironmentAsync()
    {
        var (machines, missing) = await MachineSupport.FindAsync();
        if (machines is null)
        {
            Assert.Inconclusive(missing);
        }

        return new Dictionary<string, string>
        {
            ["NEXUS_VM_KERNEL"] = machines!.Kernel.Path,
            ["NEXUS_VM_KERNEL_PARAMETERS"] = machines.Kernel.Parameters,
            ["NEXUS_VM_PROGRAMS"] = MachineSupport.Programs,
        };
    }

    private static string[] Stages(CliProcess run) =>
        [.. run.Expect(0).Json.GetProperty("stages").EnumerateArray().Select(static stage => stage.GetProperty("stage").GetString()!)];

    private static string? ErrorId(CliProcess run) => run.Expect(1).Json.GetProperty("error").GetProperty("id").GetString();
}
