using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Interop;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// The sandbox <c>none</c>, for debugging: the guest runs as the backend's user and sees the host; only the limits hold. Paths below
/// <see cref="SandboxSpec.TaskRoot"/> in the command and the environment become paths of the application's folder.
/// </summary>
public sealed class NoSandbox : ISandbox
{
    // Waits for the gate, so that the limits are in force before the guest's program is loaded.
    private const string GateScript = "read -r _ <&$1 || exit 125; eval \"exec $1<&-\"; cd \"$2\" || exit 126; shift 2; exec \"$@\"";

    private readonly GuestLimits _limits;

    public NoSandbox(CgroupHierarchy hierarchy, ILogger<NoSandbox> logger)
    {
        SandboxLog.NoIsolation(logger);
        _limits = new GuestLimits(hierarchy, logger);
    }

    public string Kind => "none";

    public Task<SandboxProcess> StartAsync(SandboxSpec spec, CancellationToken cancellation)
    {
        SpecCheck.Check(spec, guestIsNobody: false);
        cancellation.ThrowIfCancellationRequested();
        var group = _limits.CreateGroup(spec);
        SpawnedProcess? launcher = null;
        try
        {
            var (gateRead, gateWrite) = Descriptors.Pipe();
            using (gateWrite)
            {
                using (gateRead)
                {
                    launcher = Launch(spec, gateRead);
                }

                _limits.Apply(launcher.Id, spec, group);
                Descriptors.OpenGate(gateWrite);
            }

            return Task.FromResult(new SandboxProcess(launcher, launcher.Id, launcher.Descriptor, group, nested: false));
        }
        catch
        {
            launcher?.Kill();
            launcher?.Dispose();
            group?.Remove();
            throw;
        }
    }

    private static SpawnedProcess Launch(SandboxSpec spec, SafeFileHandle gate)
    {
        // The shell knows single digits only.
        var number = Enumerable.Range(3, 7).First(candidate => !spec.Descriptors.ContainsKey(candidate));
        var descriptors = new Dictionary<int, SafeHandle>(spec.Descriptors) { [number] = gate };
        string[] arguments =
        [
            "sh",
            "-c",
            GateScript,
            "sh",
            $"{number}",
            spec.AppFolder,
            .. spec.Command.Select(word => Outside(spec, word)),
        ];
        var environment = GuestEnvironment.For(spec).Select(pair => $"{pair.Key}={Outside(spec, pair.Value)}").ToArray();
        return ProcessSpawner.Start(
            new SpawnRequest("/bin/sh", arguments, environment) { Descriptors = descriptors, CaptureOutput = true }
        );
    }

    private static string Outside(SandboxSpec spec, string word)
    {
        foreach (var mount in spec.ReadOnlyMounts.Prepend(new ReadOnlyMount(spec.AppFolder, SandboxSpec.TaskRoot)))
        {
            if (word == mount.Target || word.StartsWith(mount.Target + "/", StringComparison.Ordinal))
            {
                return mount.Source + word[mount.Target.Length..];
            }
        }

        return word;
    }
}
