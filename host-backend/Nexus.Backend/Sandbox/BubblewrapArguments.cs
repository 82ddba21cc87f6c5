using System.Globalization;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// The sandbox in bubblewrap's words (bwrap(1)). They reach it through a descriptor, so that neither the environment nor the paths of a
/// function show in the host's process list.
/// </summary>
internal sealed class BubblewrapArguments
{
    private const string SystemFolder = "/usr";

    // Name resolution and time zones work without these; TLS and the loader's cache do not.
    private static readonly string[] s_files =
    [
        "/etc/ld.so.cache",
        "/etc/alternatives",
        "/etc/ssl/certs",
        "/etc/ssl/openssl.cnf",
        "/etc/pki/tls/certs",
        "/etc/pki/ca-trust/extracted",
    ];

    private static readonly string[] s_networkFiles = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"];
    private readonly List<string> _arguments = [];
    private readonly HashSet<string> _folders = ["/"];

    /// <param name="spec">The guest.</param>
    /// <param name="asRoot">Whether bubblewrap has real privileges: then no user namespace, and the guest's user is given up inside.</param>
    /// <param name="descriptors">Numbers, in bubblewrap, of the status pipe, the gate and the system call filter (null: none).</param>
    public static IReadOnlyList<string> Build(SandboxSpec spec, bool asRoot, (int Status, int Gate, int? Filter) descriptors)
    {
        var builder = new BubblewrapArguments();
        builder.Namespaces(spec, asRoot);
        builder.Root(spec);
        builder.Add("--json-status-fd", Text(descriptors.Status), "--block-fd", Text(descriptors.Gate));
        if (descriptors.Filter is { } filter)
        {
            builder.Add("--seccomp", Text(filter));
        }

        builder.Add("--chdir", SandboxSpec.TaskRoot);
        foreach (var (name, value) in GuestEnvironment.For(spec))
        {
            builder.Add("--setenv", name, value);
        }

        return builder._arguments;
    }

    private void Namespaces(SandboxSpec spec, bool asRoot)
    {
        Add("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "function", "--new-session");
        Add("--cap-drop", "ALL");
        if (asRoot)
        {
            Add("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP");
        }
        else
        {
            Add("--unshare-user");
        }

        if (!spec.AllowNetwork)
        {
            Add("--unshare-net");
        }
    }

    private void Root(SandboxSpec spec)
    {
        Add("--ro-bind", SystemFolder, SystemFolder);
        foreach (var folder in new[] { "/bin", "/sbin", "/lib", "/lib32", "/lib64" })
        {
            if (new DirectoryInfo(folder) is { LinkTarget: { } target })
            {
                Add("--symlink", target, folder);
            }
            else
            {
                Add("--ro-bind-try", folder, folder);
            }
        }

        Add("--proc", "/proc", "--dev", "/dev");
        Add("--perms", "1777", "--size", Text(spec.TmpSizeMb * 1024L * 1024), "--tmpfs", "/tmp");
        foreach (var file in spec.AllowNetwork ? s_files.Concat(s_networkFiles) : s_files)
        {
            Mount("--ro-bind-try", file, file);
        }

        Mount("--ro-bind", spec.AppFolder, SandboxSpec.TaskRoot);
        foreach (var mount in spec.ReadOnlyMounts.Where(mount => mount.Source != mount.Target || !IsBelow(mount.Target, SystemFolder)))
        {
            Mount("--ro-bind", mount.Source, mount.Target);
        }

        // What is left writable is /tmp alone; these two are memory that nothing else would bound.
        Add("--remount-ro", "/dev", "--remount-ro", "/");
    }

    // Parents that bubblewrap makes by itself are closed to all but their owner.
    private void Mount(string kind, string source, string target)
    {
        if (!Path.Exists(source))
        {
            return;
        }

        var parents = new Stack<string>();
        for (
            var folder = Path.GetDirectoryName(target);
            folder is not null && !_folders.Contains(folder);
            folder = Path.GetDirectoryName(folder)
        )
        {
            parents.Push(folder);
            _folders.Add(folder);
        }

        foreach (var parent in parents)
        {
            Add("--dir", parent);
        }

        Add(kind, source, target);
    }

    private static bool IsBelow(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private void Add(params string[] arguments) => _arguments.AddRange(arguments);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
