using System.Runtime.InteropServices;
using Nexus.Backend.Interop;

namespace Nexus.Backend.Sandbox;

/// <summary>What Nexus asks of a host, tried out rather than looked up. One list for <c>nexus doctor</c> and for the start of the backend.</summary>
public static class HostChecks
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<HostCheck> Run(CgroupHierarchy hierarchy) =>
        [
            Kernel(),
            Bubblewrap(),
            Namespaces(),
            Controllers(hierarchy),
            Seccomp(),
            Dotnet(),
            DescriptorTakeOver(),
            SharedMemory(),
            Virtualization(),
        ];

    private static HostCheck Kernel()
    {
        var version = Environment.OSVersion.Version;
        var text = RuntimeInformation.OSDescription;
        return version >= new Version(5, 6)
            ? new HostCheck("kernel", HostVerdict.Ok, text)
            : new HostCheck("kernel", HostVerdict.Fail, text, "Linux 5.6 or later is needed (pidfd_getfd).");
    }

    private static HostCheck Bubblewrap()
    {
        if (ProgramPath.Find("bwrap") is not { } program)
        {
            return new HostCheck(
                "bubblewrap",
                HostVerdict.Fail,
                "'bwrap' is not on the PATH",
                SandboxDiagnostics.BubblewrapMissing.NextStep
            );
        }

        if (Environment.IsPrivilegedProcess && ProgramPath.Find("setpriv") is null)
        {
            return new HostCheck(
                "bubblewrap",
                HostVerdict.Fail,
                "'setpriv' is not on the PATH",
                "Install util-linux, or run the backend as an ordinary user."
            );
        }

        var (code, output, error) = Execute(program, "--version");
        return code == 0
            ? new HostCheck("bubblewrap", HostVerdict.Ok, $"{output} ({program})")
            : new HostCheck("bubblewrap", HostVerdict.Fail, error, "Install the package 'bubblewrap' again.");
    }

    private static HostCheck Namespaces()
    {
        const string Name = "namespaces";
        if (ProgramPath.Find("bwrap") is not { } program)
        {
            return new HostCheck(Name, HostVerdict.Fail, "not tried without bubblewrap", SandboxDiagnostics.BubblewrapMissing.NextStep);
        }

        string[] user = Environment.IsPrivilegedProcess ? [] : ["--unshare-user"];
        string[] others = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"];
        string[] command = ["--ro-bind", "/", "/", "--proc", "/proc", "--", "/bin/sh", "-c", "exit 0"];
        var (code, _, error) = Execute(program, [.. user, .. others, .. command]);
        return code == 0
            ? new HostCheck(Name, HostVerdict.Ok, user.Length == 0 ? "made as root" : "user, pid, net, ipc and uts, without privileges")
            : new HostCheck(
                Name,
                HostVerdict.Fail,
                error,
                "Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces, or "
                    + "kernel.apparmor_restrict_unprivileged_userns=0); in a container, grant CAP_SYS_ADMIN or run it privileged."
            );
    }

    private static HostCheck Controllers(CgroupHierarchy hierarchy)
    {
        string[] wanted = ["memory", "cpu", "pids"];
        var missing = wanted.Where(controller => !hierarchy.Has(controller)).ToArray();
        var detail = hierarchy.Version == 0 ? "none usable" : $"version {hierarchy.Version}: {string.Join(", ", wanted.Except(missing))}";
        return missing.Length == 0
            ? new HostCheck("cgroups", HostVerdict.Ok, detail)
            : new HostCheck(
                "cgroups",
                HostVerdict.Warn,
                $"{detail}; missing {string.Join(", ", missing)}. {string.Join("; ", hierarchy.Problems)}",
                "Run the backend as root, or as a systemd service with Delegate=yes; until then those limits are not enforced by the kernel."
            );
    }

    private static HostCheck Seccomp()
    {
        const string Name = "seccomp";
        if (!SeccompFilter.IsSupported)
        {
            return new HostCheck(
                Name,
                HostVerdict.Warn,
                $"no filter for {RuntimeInformation.OSArchitecture}",
                "Guests run without a system call filter here."
            );
        }

        return HostProbe.SeccompFiltersExist()
            ? new HostCheck(Name, HostVerdict.Ok, "filters are supported")
            : new HostCheck(Name, HostVerdict.Fail, "the kernel has no seccomp filters", "Use a kernel with CONFIG_SECCOMP_FILTER.");
    }

    private static HostCheck Dotnet() =>
        DotnetRoot.TryFind() is { } root
            ? new HostCheck("dotnet", HostVerdict.Ok, root)
            : new HostCheck(
                "dotnet",
                HostVerdict.Warn,
                "no shared runtime found",
                SandboxDiagnostics.DotnetRootMissing.NextStep + " Self-contained functions work without."
            );

    private static HostCheck DescriptorTakeOver() =>
        HostProbe.DescriptorTakeOver() is { } problem
            ? new HostCheck(
                "pidfd_getfd",
                HostVerdict.Warn,
                problem,
                "A restarted backend cannot take over running guests; in a container, allow pidfd_getfd and CAP_SYS_PTRACE."
            )
            : new HostCheck("pidfd_getfd", HostVerdict.Ok, "descriptors of a child can be taken over");

    private static HostCheck SharedMemory() =>
        HostProbe.SealedMemory() is { } problem
            ? new HostCheck(
                "memfd",
                HostVerdict.Fail,
                problem,
                "Use Linux 3.17 or later with memfd sealing and without a filter on memfd_create."
            )
            : new HostCheck("memfd", HostVerdict.Ok, "anonymous files can be made and sealed");

    private static HostCheck Virtualization()
    {
        const string Name = "kvm";
        if (!File.Exists("/dev/kvm"))
        {
            return new HostCheck(Name, HostVerdict.Ok, "no /dev/kvm: the process sandbox is the only one");
        }

        return HostProbe.Virtualization() is { } problem
            ? new HostCheck(
                Name,
                HostVerdict.Warn,
                problem,
                "The sandbox 'vm' cannot be had; add the backend's user to the group kvm, or load kvm_intel or kvm_amd."
            )
            : new HostCheck(Name, HostVerdict.Ok, "virtual machines can be made");
    }

    private static (int Code, string Output, string Error) Execute(string program, params string[] arguments)
    {
        using var process = ProcessSpawner.Start(new SpawnRequest(program, [program, .. arguments], []) { CaptureOutput = true });
        using var output = new StreamReader(process.Output);
        using var error = new StreamReader(process.Error);
        var texts = Task.WhenAll(output.ReadToEndAsync(), error.ReadToEndAsync());
        if (!process.Exited.Wait(s_patience))
        {
            process.KillGroup();
        }

        return (
            process.Exited.GetAwaiter().GetResult().Code,
            texts.GetAwaiter().GetResult()[0].Trim(),
            texts.GetAwaiter().GetResult()[1].Trim()
        );
    }
}
