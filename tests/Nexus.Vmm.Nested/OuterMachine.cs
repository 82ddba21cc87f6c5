using System.Diagnostics;
using System.Xml.Linq;
using Nexus.Vmm.Images;

namespace Nexus.Vmm.Nested;

/// <summary>The emulated machine with nested virtualization that the tests run in. Everything is in its initial file system: no disk, no mounts, no root.</summary>
internal static class OuterMachine
{
    /// <summary>The tests that need /dev/kvm, and functions.</summary>
    public const string Everything = "TestCategory=Kvm";

    /// <summary>No tests.</summary>
    public const string OnlyFunctions = "functions";

    private const int Attempts = 3;

    // An undisturbed boot takes three seconds; a machine that is busy with other things needs the rest.
    private static readonly TimeSpan BootSilence = TimeSpan.FromSeconds(30);

    // More than a test waits for its guest before it fails and says so.
    private static readonly TimeSpan TestSilence = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);
    private static readonly string[] Libraries =
    [
        "ld-linux-x86-64.so.2",
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
        "libgcc_s.so.1",
        "libstdc++.so.6",
        "libcrypto.so.3",
        "libssl.so.3",
        "libz.so.1",
        // Of bubblewrap and setpriv.
        "libselinux.so.1",
        "libcap.so.2",
        "libcap-ng.so.0",
        "libpcre2-8.so.0",
    ];

    private const string Settings =
        "DOTNET_gcServer=0\nDOTNET_TieredPGO=0\nDOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1\nDOTNET_CLI_TELEMETRY_OPTOUT=1\nHOME=/tmp\nNEXUS_VM_PARTS=/guest\nPATH=/bin";

    // As on hardware that has virtualization: the counter is the clock, and guests' clocks follow it. The emulator's counter is as steady but does not say so, and the timer
    // that a kernel takes instead is a device whose every reading leaves the emulated processor.
    private const string ClockParameters = "tsc=reliable clocksource=tsc";

    // What a kernel says while it gets nowhere is no progress.
    private const string Lockup = "soft lockup";

    private static readonly string[] KvmModules = ["virt/lib/irqbypass.ko", "arch/x86/kvm/kvm.ko", "arch/x86/kvm/kvm-amd.ko"];

    /// <summary>In the order in which a guest has to load them.</summary>
    private static readonly string[] GuestModules =
    [
        "drivers/virtio/virtio_ring.ko",
        "drivers/virtio/virtio.ko",
        "drivers/virtio/virtio_mmio.ko",
        "drivers/block/virtio_blk.ko",
        "net/core/failover.ko",
        "drivers/net/net_failover.ko",
        "drivers/net/virtio_net.ko",
        "drivers/char/virtio_console.ko",
        "drivers/char/hw_random/rng-core.ko",
        "drivers/char/hw_random/virtio-rng.ko",
        "drivers/virtio/virtio_balloon.ko",
        "drivers/nvdimm/libnvdimm.ko",
        "drivers/nvdimm/nd_btt.ko",
        "drivers/nvdimm/nd_virtio.ko",
        "drivers/nvdimm/virtio_pmem.ko",
        "drivers/nvdimm/nd_pmem.ko",
    ];

    /// <summary>What functions are made of besides; the rest of the kernel's modules stays away, so that the archive fits.</summary>
    private static readonly string[] FileSystemModules = ["fs/erofs/erofs.ko", "lib/libcrc32c.ko"];

    public static void WriteArchive(
        string path,
        string root,
        StockKernel kernel,
        GuestPrograms programs,
        FunctionParts functions,
        string filter
    )
    {
        var archive = new CpioArchive();
        archive.AddFolder("/dev");
        archive.AddFolder("/tmp");
        archive.AddDevice("/dev/console", 5, 1);
        AddFile(archive, "/init", programs.Init);
        foreach (var library in Libraries)
        {
            AddFile(archive, $"/lib/x86_64-linux-gnu/{library}", FindLibrary(library));
        }

        archive.AddLink("/lib64", "lib/x86_64-linux-gnu");
        AddModules(archive, "/modules", kernel, KvmModules);
        AddModules(archive, "/guest/modules", kernel, GuestModules);
        AddFile(archive, "/guest/vmlinuz", kernel.Compressed);
        AddFile(archive, "/guest/vmlinux", kernel.Uncompressed);
        AddFile(archive, "/guest/init", programs.Init);
        AddFile(archive, "/guest/nexus-vmm", programs.Monitor);
        AddRuntime(archive);
        AddFunctions(archive, kernel, functions);
        archive.AddTree("/tests", Path.Combine(root, "tests", "Nexus.Vmm.Tests", "bin", "Release", "net10.0"));
        string[] command =
        [
            "/dotnet/dotnet",
            "/tests/Nexus.Vmm.Tests.dll",
            "--filter",
            filter,
            "--no-ansi",
            "--progress",
            "off",
            "--output",
            "Detailed",
            "--report-trx",
            "--report-trx-filename",
            "r.trx",
            "--results-directory",
            "/tmp",
        ];
        string[] functionCommand =
        [
            "/dotnet/dotnet",
            "/functions/Nexus.Vmm.Functions.dll",
            "run",
            $"/boot/vmlinuz-{kernel.Version}",
            "/functions/vm",
            "/function",
        ];
        var commands =
            filter == Everything ? [command, functionCommand]
            : filter == OnlyFunctions ? [functionCommand]
            : new[] { command };
        archive.AddFile(
            "/commands",
            System.Text.Encoding.UTF8.GetBytes(string.Join("\n\n", commands.Select(static words => string.Join('\n', words))))
        );
        var trace = Environment.GetEnvironmentVariable("NEXUS_VM_TRACE") is null ? "" : "\nNEXUS_VM_TRACE=/dev/console";
        archive.AddFile("/environment", System.Text.Encoding.UTF8.GetBytes(Settings + trace));
        File.WriteAllBytes(path, archive.Finish());
    }

    /// <summary>Boots it, at most three times if it never gets anywhere; returns the exit code of the tests.</summary>
    public static int Run(StockKernel kernel, string archive, string work)
    {
        var results = Path.Combine(work, "results.trx");
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            File.Delete(results);
            var watch = Stopwatch.StartNew();
            if (RunOnce(kernel, archive, results) is { } code)
            {
                Summarize(results);
                Console.WriteLine($"  the machine ran for {watch.Elapsed.TotalSeconds:0.0} s, attempt {attempt}");
                return code;
            }

            // About one boot in forty hangs before the first program, in the emulator.
            Console.WriteLine($"  attempt {attempt} made no progress and was ended after {watch.Elapsed.TotalSeconds:0} s");
        }

        Console.Error.WriteLine("error: the outer machine hung three times");
        return 1;
    }

    private static int? RunOnce(StockKernel kernel, string archive, string results)
    {
        string[] arguments =
        [
            .. "-M q35 -accel tcg,thread=multi -cpu EPYC -smp 2 -m 4096 -nodefaults -no-user-config -nographic -no-reboot".Split(' '),
            "-serial",
            "stdio",
            "-serial",
            $"file:{results}",
            "-kernel",
            kernel.Uncompressed,
            "-initrd",
            archive,
            "-append",
            $"console=ttyS0 panic=-1 loglevel=5 {ClockParameters} nexus.test=programs nexus.results=/tmp/r.trx",
        ];
        var start = new ProcessStartInfo("qemu-system-x86_64")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var last = Stopwatch.GetTimestamp();
        var begun = last;
        int? code = null;
        var started = false;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
            {
                return;
            }

            if (!text.Contains(Lockup, StringComparison.Ordinal))
            {
                Volatile.Write(ref last, Stopwatch.GetTimestamp());
            }

            Console.WriteLine("  | " + text);
            started |= text.Contains("rig: up", StringComparison.Ordinal);
            const string mark = "rig: exit code ";
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0 && int.TryParse(text.AsSpan(at + mark.Length), out var ended))
            {
                code = ended;
            }
        };
        process.BeginOutputReadLine();
        while (!process.WaitForExit(500))
        {
            var silence = Stopwatch.GetElapsedTime(Volatile.Read(ref last));
            if (silence > (started ? TestSilence : BootSilence) || Stopwatch.GetElapsedTime(begun) > Limit)
            {
                process.Kill();
                process.WaitForExit();
                return started ? 1 : null;
            }
        }

        process.WaitForExit();
        return code;
    }

    private static void Summarize(string results)
    {
        if (!File.Exists(results) || new FileInfo(results).Length == 0)
        {
            return;
        }

        try
        {
            var tests = XDocument.Load(results).Descendants().Where(static e => e.Name.LocalName == "UnitTestResult").ToList();
            foreach (var outcome in tests.GroupBy(static t => (string?)t.Attribute("outcome")))
            {
                Console.WriteLine($"  {outcome.Key}: {outcome.Count()}");
            }
        }
        catch (System.Xml.XmlException)
        {
            Console.WriteLine("  the results came out damaged; see the lines above");
        }
    }

    private static void AddFile(CpioArchive archive, string target, string source) =>
        archive.AddFile(target, File.ReadAllBytes(source), isProgram: true);

    private static void AddModules(CpioArchive archive, string folder, StockKernel kernel, string[] modules)
    {
        var number = 0;
        foreach (var source in modules.Select(m => Path.Combine(kernel.Modules, m)).Where(File.Exists))
        {
            archive.AddFile($"{folder}/{number++:00}-{Path.GetFileName(source)}", File.ReadAllBytes(source));
        }
    }

    /// <summary>A backend, its programs and a function, and the kernel as its package installs it.</summary>
    private static void AddFunctions(CpioArchive archive, StockKernel kernel, FunctionParts functions)
    {
        archive.AddFolder("/usr");
        AddFile(archive, "/bin/bwrap", Tool.Find("bwrap"));
        AddFile(archive, "/bin/setpriv", Tool.Find("setpriv"));
        archive.AddTree("/functions", functions.Program);
        archive.AddTree("/functions/vm", functions.MachinePrograms);
        archive.AddFile("/function/function.json", File.ReadAllBytes(functions.Description));
        archive.AddTree("/function/app", functions.App);
        AddFile(archive, $"/boot/vmlinuz-{kernel.Version}", kernel.Compressed);
        var modules = $"/lib/modules/{kernel.Version}";
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(kernel.Modules)!, "modules.builtin*"))
        {
            archive.AddFile($"{modules}/{Path.GetFileName(file)}", File.ReadAllBytes(file));
        }

        foreach (var module in GuestModules.Concat(FileSystemModules).Where(module => File.Exists(Path.Combine(kernel.Modules, module))))
        {
            archive.AddFile($"{modules}/kernel/{module}", File.ReadAllBytes(Path.Combine(kernel.Modules, module)));
        }
    }

    private static void AddRuntime(CpioArchive archive)
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var version = Path.GetFileName(framework);
        var dotnet = Path.GetFullPath(Path.Combine(framework, "..", "..", ".."));
        AddFile(archive, "/dotnet/dotnet", Path.Combine(dotnet, "dotnet"));
        archive.AddTree($"/dotnet/host/fxr/{version}", Path.Combine(dotnet, "host", "fxr", version));
        archive.AddTree($"/dotnet/shared/Microsoft.NETCore.App/{version}", framework);
        archive.AddTree(
            $"/dotnet/shared/Microsoft.AspNetCore.App/{version}",
            Path.Combine(dotnet, "shared", "Microsoft.AspNetCore.App", version)
        );
    }

    private static string FindLibrary(string name) =>
        new[] { "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64" }
            .Select(folder => Path.Combine(folder, name))
            .First(File.Exists);
}
