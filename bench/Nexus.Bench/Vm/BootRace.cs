extern alias vmm;

using System.Diagnostics;
using System.Text;
using Nexus.Bench.Output;
using Nexus.TestKit.Machines;
using vmm::Nexus.Vmm.Images;

namespace Nexus.Bench.Vm;

/// <summary>
/// The same kernel and initial file system under this monitor and under QEMU's microvm, in turn: from the start of the monitor's process to the first line of the
/// guest's first program. That program finds nothing to start and says so.
/// </summary>
internal static class BootRace
{
    private const string MemoryMib = "256";
    private const string Words = "console=ttyS0 panic=-1 reboot=k pci=off quiet loglevel=1";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static async Task<IReadOnlyList<BootResult>> RunAsync(MachineSupport machines, int rounds, List<string> skipped)
    {
        var initrd = Path.Combine(MachineSupport.Programs, "bench.cpio");
        await File.WriteAllBytesAsync(initrd, Initrd());
        var racers = Racers(machines, initrd, skipped);
        var times = racers.Select(static _ => new List<double>()).ToArray();
        // The first round fills the file cache.
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < racers.Count; i++)
            {
                var time = await FirstLineAsync(racers[i].Words);
                if (round > 0)
                {
                    times[i].Add(time);
                }
            }
        }

        return [.. racers.Select((racer, i) => new BootResult(racer.Name, Figure.Median(times[i]), times[i].Min(), times[i].Max()))];
    }

    private static List<(string Name, string[] Words)> Racers(MachineSupport machines, string initrd, List<string> skipped)
    {
        var racers = new List<(string, string[])>
        {
            (
                "nexus-vmm",
                [
                    Path.Combine(MachineSupport.Programs, "nexus-vmm"),
                    "--kernel",
                    machines.Kernel.Path,
                    "--initrd",
                    initrd,
                    "--memory",
                    MemoryMib,
                    "--append",
                    $"loglevel=1 {machines.Kernel.Parameters}",
                ]
            ),
        };
        if (FindProgram("qemu-system-x86_64") is { } qemu)
        {
            racers.Add(("QEMU microvm", Qemu(qemu, "off", machines, initrd)));
            racers.Add(("QEMU microvm, ACPI", Qemu(qemu, "on", machines, initrd)));
        }
        else
        {
            skipped.Add("boot under QEMU microvm: the program qemu-system-x86_64 is missing (Debian: apt-get install qemu-system-x86)");
        }

        return racers;
    }

    private static string[] Qemu(string qemu, string acpi, MachineSupport machines, string initrd) =>
        [
            qemu,
            "-M",
            $"microvm,x-option-roms=off,pit=on,pic=on,rtc=on,acpi={acpi},auto-kernel-cmdline=on",
            "-enable-kvm",
            "-cpu",
            "host,-arch-capabilities",
            "-m",
            MemoryMib,
            "-nodefaults",
            "-no-user-config",
            "-nographic",
            "-no-reboot",
            "-serial",
            "stdio",
            "-kernel",
            machines.Kernel.Path,
            "-initrd",
            initrd,
            "-append",
            $"{Words} {machines.Kernel.Parameters}",
        ];

    private static byte[] Initrd()
    {
        var archive = new CpioArchive();
        archive.AddFolder("/dev");
        archive.AddDevice("/dev/console", 5, 1);
        archive.AddFile("/init", File.ReadAllBytes(Path.Combine(MachineSupport.Programs, "nexus-init")), isProgram: true);
        return archive.Finish();
    }

    private static async Task<double> FirstLineAsync(string[] words)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo(words[0], words[1..])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var text = new StringBuilder();
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var buffer = new byte[4096];
            int count;
            while ((count = await process.StandardOutput.BaseStream.ReadAsync(buffer, patience.Token)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
                if (text.ToString().Contains("nexus-init:", StringComparison.Ordinal))
                {
                    return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                }
            }

            throw new BenchException(
                $"{words[0]} ended before the guest's first program: {text} {await process.StandardError.ReadToEndAsync()}"
            );
        }
        catch (OperationCanceledException)
        {
            throw new BenchException($"{words[0]} did not come to the guest's first program within {s_patience.TotalSeconds} s: {text}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
        }
    }

    private static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
