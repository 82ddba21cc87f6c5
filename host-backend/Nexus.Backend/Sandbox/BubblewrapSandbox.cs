using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Interop;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// The sandbox <c>process</c>: namespaces, a minimal read-only root, a private /tmp, no network, no capabilities, a system call filter and
/// the limits of a control group. Nothing ties the guest's life to the backend's.
/// </summary>
public sealed partial class BubblewrapSandbox : ISandbox
{
    // nobody: owns nothing, on every distribution.
    private const string GuestUser = "65534";

    private readonly string _bubblewrap;
    private readonly string? _privilegeDrop;
    private readonly bool _asRoot = Environment.IsPrivilegedProcess;
    private readonly GuestLimits _limits;
    private readonly ILogger _logger;

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0201.</exception>
    public BubblewrapSandbox(CgroupHierarchy hierarchy, ILogger<BubblewrapSandbox> logger)
    {
        _bubblewrap = ProgramPath.Find("bwrap") ?? throw Missing("bwrap");
        _privilegeDrop = _asRoot ? ProgramPath.Find("setpriv") ?? throw Missing("setpriv") : null;
        _limits = new GuestLimits(hierarchy, logger);
        _logger = logger;
        if (!SeccompFilter.IsSupported)
        {
            SandboxLog.NoSeccomp(logger);
        }
    }

    public string Kind => "process";

    public async Task<SandboxProcess> StartAsync(SandboxSpec spec, CancellationToken cancellation)
    {
        SpecCheck.Check(spec, _asRoot);
        if (spec.AllowNetwork)
        {
            SandboxLog.HostNetwork(_logger, spec.Name);
        }

        var (statusRead, statusWrite) = Descriptors.Pipe();
        var (gateRead, gateWrite) = Descriptors.Pipe();
        var status = Descriptors.Reader(statusRead);
        var group = _limits.CreateGroup(spec);
        SpawnedProcess? launcher = null;
        PidFd? root = null;
        try
        {
            using (statusWrite)
            using (gateRead)
            {
                launcher = Launch(spec, statusWrite, gateRead);
            }

            var rootId = await ReadRootAsync(status, launcher, cancellation).ConfigureAwait(false);
            root = PidFd.Open(rootId);

            // The first process waits at the gate with everything mounted: it and all it will start are limited before the guest's first instruction.
            _limits.Apply(rootId, spec, group);
            Descriptors.OpenGate(gateWrite);

            // Bubblewrap writes to the status pipe once more when the guest has ended; a closed pipe would kill it before it passes on the exit code.
            _ = launcher.Exited.ContinueWith(_ => status.Dispose(), TaskScheduler.Default);
            return new SandboxProcess(launcher, rootId, root, group, nested: true, spec.OutOfMemory);
        }
        catch
        {
            root?.Dispose();
            await AbandonAsync(launcher, group).ConfigureAwait(false);
            await status.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            gateWrite.Dispose();
        }
    }

    private SpawnedProcess Launch(SandboxSpec spec, SafeFileHandle status, SafeFileHandle gate)
    {
        var next = Math.Max(3, spec.Descriptors.Keys.DefaultIfEmpty().Max() + 1);
        var (statusNumber, gateNumber, argumentsNumber, filterNumber) = (next, next + 1, next + 2, next + 3);
        var filter = SeccompFilter.IsSupported ? Descriptors.MemoryFile("seccomp", SeccompFilter.Build(spec.AllowNetwork)) : null;
        var words = BubblewrapArguments.Build(spec, _asRoot, (statusNumber, gateNumber, filter is null ? null : filterNumber));
        using var arguments = Descriptors.MemoryFile("arguments", Encoding.UTF8.GetBytes(string.Concat(words.Select(word => word + '\0'))));
        using (filter)
        {
            var descriptors = new Dictionary<int, SafeHandle>(spec.Descriptors)
            {
                [statusNumber] = status,
                [gateNumber] = gate,
                [argumentsNumber] = arguments,
            };
            if (filter is not null)
            {
                descriptors[filterNumber] = filter;
            }

            string[] command = ["bwrap", "--args", $"{argumentsNumber}", "--", .. DropPrivileges(), .. spec.Command];
            return ProcessSpawner.Start(new SpawnRequest(_bubblewrap, command, []) { Descriptors = descriptors, CaptureOutput = true });
        }
    }

    // A root backend keeps its privileges for mounting, because the function's files may lie below folders that only root may enter.
    private string[] DropPrivileges() =>
        _privilegeDrop is null
            ? []
            :
            [
                _privilegeDrop,
                $"--reuid={GuestUser}",
                $"--regid={GuestUser}",
                "--clear-groups",
                "--inh-caps=-all",
                "--ambient-caps=-all",
                "--bounding-set=-all",
                "--",
            ];

    private static async Task<int> ReadRootAsync(Stream status, SpawnedProcess launcher, CancellationToken cancellation)
    {
        var text = "";
        var buffer = new byte[512];
        while (true)
        {
            var count = await status.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            text += Encoding.UTF8.GetString(buffer, 0, count);
            if (ChildPid().Match(text) is { Success: true } match)
            {
                return int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
            }

            if (count == 0)
            {
                using var error = new StreamReader(launcher.Error, leaveOpen: true);
                throw SandboxDiagnostics.SandboxNotBuilt.With((await error.ReadToEndAsync(cancellation).ConfigureAwait(false)).Trim());
            }
        }
    }

    private static async Task AbandonAsync(SpawnedProcess? launcher, Cgroup? group)
    {
        if (launcher is not null)
        {
            // The monitor last: its child, still waiting for it, would stay behind.
            foreach (var pid in ProcessTree.Descendants(launcher.Id).Reverse())
            {
                _ = Native.Kill(pid, Native.SigKill);
            }

            await launcher.Exited.ConfigureAwait(false);
            launcher.Dispose();
        }

        group?.Remove();
    }

    private static Nexus.Diagnostics.NexusException Missing(string program) =>
        SandboxDiagnostics.BubblewrapMissing.With($"{program}, PATH={Environment.GetEnvironmentVariable("PATH")}");

    [GeneratedRegex("\"child-pid\": (\\d+)[,\\s}]")]
    private static partial Regex ChildPid();
}
