using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Images;
using Nexus.Backend.Interop;
using Nexus.Backend.Kernels;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// The sandbox <c>vm</c>: a virtual machine per guest, its monitor in a process sandbox of its own. The monitor gets everything as open descriptors and can open
/// nothing by itself; the guest has a read-only root, the channel and no device that leads anywhere else.
/// </summary>
public sealed class VirtualMachineSandbox : ISandbox
{
    private const string Monitor = "nexus-vmm";
    private const string FirstProgram = "nexus-init";
    private const string KvmDevice = "/dev/kvm";

    // What a guest's kernel needs for itself; the function's memory comes on top.
    private const int KernelMb = 64;

    // The monitor, and page tables for the guest's memory and images.
    private const int MonitorMb = 128;

    private static readonly TimeSpan s_suspensionTime = TimeSpan.FromSeconds(60);

    private readonly VirtualMachineOptions _options;
    private readonly GuestKernel _kernel;
    private readonly BubblewrapSandbox _jail;
    private readonly ImageCache _images;
    private readonly ConcurrentDictionary<string, Lazy<string>> _runtimes = new();
    private readonly ConcurrentDictionary<string, Lazy<string>> _functions = new();
    private readonly SuspendedGuests _suspended = new();
    private readonly KeptSnapshots? _kept;

    /// <param name="options">Kernel, programs and images.</param>
    /// <param name="jail">Holds the monitors.</param>
    /// <param name="logger">Told what was refused.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0210, NEXUS0211, NEXUS0213, or NEXUS0216 to NEXUS0218.</exception>
    public VirtualMachineSandbox(VirtualMachineOptions options, BubblewrapSandbox jail, ILogger<VirtualMachineSandbox> logger)
    {
        _options = options;
        _jail = jail;
        _images = new ImageCache(options.Images);
        if (options.Snapshots.Length > 0)
        {
            var folder = new SnapshotFolder(options.Snapshots, options.SnapshotAge, options.SnapshotBytes);
            folder.Sweep();
            _kept = new KeptSnapshots(new SnapshotFile(options.Programs, options.SnapshotKey), folder, logger);
        }

        _kernel = GuestKernel.Prepare(options);
        foreach (var program in VirtualMachineOptions.ProgramNames.Select(Program).Where(static path => !File.Exists(path)))
        {
            throw SandboxDiagnostics.MachineProgramsMissing.With(program);
        }

        MonitorProgram.AllowExecution(options.Programs);

        OpenKvm().Dispose();
    }

    public string Kind => "vm";

    /// <summary>Guests of this key go on from a snapshot that was taken before.</summary>
    internal void UseSnapshot(string key, SuspendedGuest guest) => _suspended.Use(key, guest);

    public async Task<SandboxProcess> StartAsync(SandboxSpec spec, CancellationToken cancellation)
    {
        SpecCheck.Check(spec, guestIsNobody: false);
        Note(spec, "start");
        var suspended =
            spec.Suspended
            ?? (
                spec.SnapshotKey is { } key
                    ? await _suspended.FindAsync(key, () => FindOrSuspendAsync(key, spec)).WaitAsync(cancellation).ConfigureAwait(false)
                    : null
            );
        using var launch = new MonitorLaunch(spec.Descriptors);
        AddMachine(launch, spec);
        if (suspended is null)
        {
            AddBoot(launch, spec);
            AddSuspension(launch, spec.Suspension);
        }
        else
        {
            launch.Add("--resume-memory", suspended.Memory, owned: false);
            launch.Add("--resume-state", suspended.State, owned: false);
            if (spec.StartOn is { } startOn)
            {
                launch.Add("--start-on", startOn, owned: false);
            }

            if (spec.RecordOn is { } recordOn)
            {
                launch.Add("--record-set", suspended.WorkingSet, owned: false);
                launch.Add("--record-on", recordOn, owned: false);
            }
            else
            {
                launch.Add("--working-set", suspended.WorkingSet, owned: false);
            }
        }

        launch.Add(Channel(spec));
        return await StartMonitorAsync(launch, spec, cancellation).ConfigureAwait(false);
    }

    private Task<SuspendedGuest?> FindOrSuspendAsync(string function, SandboxSpec spec) =>
        FindOrMakeAsync(function, spec, how: [], () => SuspendAsync(spec));

    /// <summary>A snapshot that an earlier backend has left, or one that is made and that a later backend will find.</summary>
    /// <param name="function">The function.</param>
    /// <param name="spec">Its machine; the region's size counts.</param>
    /// <param name="how">What else the snapshot depends on.</param>
    /// <param name="makeAsync">Makes it; null when it cannot be had.</param>
    internal async Task<SuspendedGuest?> FindOrMakeAsync(
        string function,
        SandboxSpec spec,
        IReadOnlyList<string> how,
        Func<Task<SuspendedGuest?>> makeAsync
    )
    {
        // Images made by hand have snapshots of their own.
        if (_kept is null || spec.Layers.Count > 0)
        {
            return await makeAsync().ConfigureAwait(false);
        }

        string[] words = [MachineMb(spec).ToString(CultureInfo.InvariantCulture), _options.KernelParameters, RegionPages(spec), .. how];
        var digest = SnapshotDigest.Of([.. KernelFiles, Program(Monitor), Program(FirstProgram)], LayersOf(spec), words, spec);
        if (await _kept.FindAsync(function, digest).ConfigureAwait(false) is { } kept)
        {
            return kept;
        }

        var made = await makeAsync().ConfigureAwait(false);
        if (made is not null)
        {
            // Whoever waits for the function does not wait for a disk.
            _ = _kept.KeepAsync(function, digest, made);
        }

        return made;
    }

    /// <summary>A snapshot of a machine that was booted for it; null when the function refused or was too slow.</summary>
    internal async Task<SuspendedGuest?> SuspendAsync(SandboxSpec spec)
    {
        var guest = SuspendedGuest.Create();
        var isWhole = false;
        try
        {
            isWhole = await SuspendAsync(spec, guest).ConfigureAwait(false);
            return isWhole ? guest : null;
        }
        finally
        {
            if (!isWhole)
            {
                guest.Dispose();
            }
        }
    }

    private async Task<bool> SuspendAsync(SandboxSpec spec, SuspendedGuest guest)
    {
        // Neither region nor doorbells: a clone gets its own.
        using var launch = new MonitorLaunch(new Dictionary<int, SafeHandle>());
        AddMachine(launch, spec);
        AddBoot(launch, spec);
        launch.Add("--suspend-memory", guest.Memory, owned: false);
        launch.Add("--suspend-state", guest.State, owned: false);
        launch.Add("--shared-pages", RegionPages(spec));
        await using var process = await StartMonitorAsync(launch, spec, CancellationToken.None).ConfigureAwait(false);
        var drained = Task.WhenAll(process.Output.CopyToAsync(Stream.Null), process.Error.CopyToAsync(Stream.Null));
        if (await Task.WhenAny(process.Exited, Task.Delay(s_suspensionTime)).ConfigureAwait(false) != process.Exited)
        {
            process.Kill();
        }

        var exit = await process.Exited.ConfigureAwait(false);
        await drained.ConfigureAwait(false);
        return exit.ExitCode == 0;
    }

    private static void AddSuspension(MonitorLaunch launch, Suspension? suspension)
    {
        if (suspension is not null)
        {
            launch.Add("--suspend-memory", suspension.Guest.Memory, owned: false);
            launch.Add("--suspend-state", suspension.Guest.State, owned: false);
            launch.Add("--suspend-on", suspension.Trigger, owned: false);
        }
    }

    private static string RegionPages(SandboxSpec spec)
    {
        using var region = new SafeFileHandle(spec.Descriptors[3].DangerousGetHandle(), ownsHandle: false);
        return (RandomAccess.GetLength(region) / Environment.SystemPageSize).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What a machine and its clones have alike.</summary>
    private void AddMachine(MonitorLaunch launch, SandboxSpec spec)
    {
        launch.Add("--memory", MachineMb(spec).ToString(CultureInfo.InvariantCulture));
        foreach (var layer in LayersOf(spec))
        {
            launch.Add("--pmem", File.OpenHandle(layer));
        }

        launch.Add("--kvm", OpenKvm());
    }

    private IReadOnlyList<string> LayersOf(SandboxSpec spec)
    {
        var dotnet = spec.ReadOnlyMounts.Count > 0 ? spec.ReadOnlyMounts[0].Source : DotnetRoot.Find();
        return spec.Layers.Count > 0
            ? spec.Layers
            : [Once(_runtimes, dotnet, GuestImages.Runtime), Once(_functions, spec.AppFolder, GuestImages.Function)];
    }

    private void AddBoot(MonitorLaunch launch, SandboxSpec spec)
    {
        launch.Add("--kernel", File.OpenHandle(_kernel.File));
        if (_kernel.Modules.Length > 0)
        {
            launch.Add("--initrd", File.OpenHandle(_kernel.Modules));
        }

        launch.Add("--append", $"loglevel=1 {_options.KernelParameters}".TrimEnd());
        launch.Add("--init", File.OpenHandle(Program(FirstProgram)));
        launch.Add("--launch", Descriptors.MemoryFile("launch", LaunchFile.Of(spec)));
    }

    private async Task<SandboxProcess> StartMonitorAsync(MonitorLaunch launch, SandboxSpec spec, CancellationToken cancellation)
    {
        if (_options.Stages is not null)
        {
            var (read, write) = Descriptors.Pipe();
            launch.Add("--stages", write);
            _ = ReadStagesAsync(spec, Descriptors.Reader(read));
        }

        var outOfMemory = Descriptors.SealableMemory("out-of-memory");
        launch.Add("--out-of-memory", outOfMemory, owned: false);
        Note(spec, "prepared");
        var process = await _jail
            .StartAsync(
                spec with
                {
                    AppFolder = _options.Programs,
                    Command = [$"{SandboxSpec.TaskRoot}/{Monitor}", .. launch.Words],
                    Environment = new Dictionary<string, string>(),
                    MemoryLimitMb = MachineMb(spec) + MonitorMb,
                    ReadOnlyMounts = [],
                    Descriptors = launch.Descriptors,
                    AllowNetwork = false,
                    OutOfMemory = outOfMemory,
                },
                cancellation
            )
            .ConfigureAwait(false);
        Note(spec, "jailed");
        return process;
    }

    private void Note(SandboxSpec spec, string stage) => _options.Stages?.Invoke(spec.Name, stage, Stopwatch.GetTimestamp());

    private async Task ReadStagesAsync(SandboxSpec spec, Stream pipe)
    {
        using var reader = new StreamReader(pipe);
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var at = line.IndexOf(' ', StringComparison.Ordinal);
            if (at > 0 && long.TryParse(line.AsSpan(at + 1), out var time))
            {
                _options.Stages!(spec.Name, line[..at], time);
            }
            else
            {
                Note(spec, $"error: {line[(at + 1)..]}");
            }
        }
    }

    private IEnumerable<string> KernelFiles => _kernel.Modules.Length > 0 ? [_kernel.File, _kernel.Modules] : [_kernel.File];

    private static int MachineMb(SandboxSpec spec) => spec.MemoryLimitMb + KernelMb;

    /// <summary>Region and doorbells have the numbers that a process would have them by, so that a later backend finds them in the same way.</summary>
    private static string[] Channel(SandboxSpec spec) =>
        [
            .. spec.Descriptors.ContainsKey(3) ? (string[])["--region", "3", "--to-host", "4", "--to-guest", "5"] : [],
            .. spec.Descriptors.ContainsKey(SandboxSpec.TrimDescriptor) ? (string[])["--trim", $"{SandboxSpec.TrimDescriptor}"] : [],
        ];

    private string Program(string name) => Path.Combine(_options.Programs, name);

    private string Once(ConcurrentDictionary<string, Lazy<string>> made, string folder, Func<string, ImageTree> tree) =>
        made.GetOrAdd(folder, path => new Lazy<string>(() => _images.Get(tree(path)))).Value;

    private static SafeFileHandle OpenKvm()
    {
        try
        {
            return File.OpenHandle(KvmDevice, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SandboxDiagnostics.NoVirtualization.With(failure.Message, failure);
        }
    }
}
