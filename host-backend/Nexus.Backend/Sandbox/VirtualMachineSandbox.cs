using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Images;
using Nexus.Backend.Interop;

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

    private readonly VirtualMachineOptions _options;
    private readonly BubblewrapSandbox _jail;
    private readonly ImageCache _images;
    private readonly ConcurrentDictionary<string, Lazy<string>> _runtimes = new();
    private readonly ConcurrentDictionary<string, Lazy<string>> _functions = new();

    /// <param name="options">Kernel, programs and images.</param>
    /// <param name="jail">Holds the monitors.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0210, NEXUS0211 or NEXUS0213.</exception>
    public VirtualMachineSandbox(VirtualMachineOptions options, BubblewrapSandbox jail)
    {
        _options = options;
        _jail = jail;
        _images = new ImageCache(options.Images);
        if (!File.Exists(options.Kernel))
        {
            throw SandboxDiagnostics.GuestKernelMissing.With(options.Kernel.Length == 0 ? "none" : options.Kernel);
        }

        foreach (var program in new[] { Monitor, FirstProgram }.Select(Program).Where(static path => !File.Exists(path)))
        {
            throw SandboxDiagnostics.MachineProgramsMissing.With(program);
        }

        OpenKvm().Dispose();
    }

    public string Kind => "vm";

    public async Task<SandboxProcess> StartAsync(SandboxSpec spec, CancellationToken cancellation)
    {
        SpecCheck.Check(spec, guestIsNobody: false);
        var dotnet = spec.ReadOnlyMounts.Count > 0 ? spec.ReadOnlyMounts[0].Source : DotnetRoot.Find();
        var runtime = Once(_runtimes, dotnet, GuestImages.Runtime);
        var function = Once(_functions, spec.AppFolder, GuestImages.Function);
        var memoryMb = spec.MemoryLimitMb + KernelMb;
        var next = Math.Max(3, spec.Descriptors.Keys.DefaultIfEmpty().Max() + 1);
        var descriptors = new Dictionary<int, SafeHandle>(spec.Descriptors);
        var opened = new List<SafeHandle>();
        try
        {
            string[] command =
            [
                $"{SandboxSpec.TaskRoot}/{Monitor}",
                "--memory",
                memoryMb.ToString(CultureInfo.InvariantCulture),
                "--kernel",
                Pass(File.OpenHandle(_options.Kernel)),
                "--append",
                $"loglevel=1 {_options.KernelParameters}".TrimEnd(),
                "--init",
                Pass(File.OpenHandle(Program(FirstProgram))),
                "--launch",
                Pass(Descriptors.MemoryFile("launch", LaunchFile.Of(spec))),
                "--pmem",
                Pass(File.OpenHandle(runtime)),
                "--pmem",
                Pass(File.OpenHandle(function)),
                "--kvm",
                Pass(OpenKvm())["fd:".Length..],
                .. Channel(spec),
            ];
            return await _jail
                .StartAsync(
                    spec with
                    {
                        AppFolder = _options.Programs,
                        Command = command,
                        Environment = new Dictionary<string, string>(),
                        MemoryLimitMb = memoryMb + MonitorMb,
                        ReadOnlyMounts = [],
                        Descriptors = descriptors,
                        AllowNetwork = false,
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        }
        finally
        {
            opened.ForEach(static handle => handle.Dispose());
        }

        string Pass(SafeHandle handle)
        {
            opened.Add(handle);
            descriptors[next] = handle;
            return $"fd:{next++}";
        }
    }

    /// <summary>Region and doorbells have the numbers that a process would have them by, so that a later backend finds them in the same way.</summary>
    private static string[] Channel(SandboxSpec spec) =>
        spec.Descriptors.ContainsKey(3) ? ["--region", "3", "--to-host", "4", "--to-guest", "5"] : [];

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
