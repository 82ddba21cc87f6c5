using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Images;

/// <summary>The two images of a virtual machine: user space with the .NET runtime, which all functions share, and the function's own folder.</summary>
public static class GuestImages
{
    private static readonly string[] s_libraryFolders =
    [
        "/lib/x86_64-linux-gnu",
        "/usr/lib/x86_64-linux-gnu",
        "/lib64",
        "/usr/lib64",
        "/usr/lib",
    ];

    /// <summary>What the runtime and the native parts of packages link to, by the beginnings of file names; what a host lacks is left out.</summary>
    private static readonly string[] s_libraries =
    [
        "ld-linux-x86-64.so.2",
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
        "libresolv.so.2",
        "libgcc_s.so.1",
        "libstdc++.so.6",
        "libz.so.1",
        "libssl.so.3",
        "libcrypto.so.3",
        "libicudata.so.",
        "libicui18n.so.",
        "libicuuc.so.",
    ];

    private static readonly string[] s_mountPoints = ["/dev", "/proc", "/sys", "/tmp", SandboxSpec.TaskRoot];

    private static readonly string[] s_data = ["/etc/ssl/certs", "/usr/share/zoneinfo"];

    private static readonly string[] s_runtimeParts = ["dotnet", "host", "shared"];

    /// <summary>Libraries, certificates and time zones of this host, its .NET runtime, and the folders that a guest mounts something at.</summary>
    /// <param name="dotnetRoot">Folder of the .NET installation; it has the same path in the guest.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0212.</exception>
    public static ImageTree Runtime(string dotnetRoot)
    {
        var tree = new ImageTree();
        foreach (var folder in s_mountPoints)
        {
            tree.AddFolder(folder);
        }

        AddLibraries(tree);
        foreach (var folder in s_data.Where(Directory.Exists))
        {
            tree.AddTree(folder, folder);
        }

        foreach (var part in s_runtimeParts.Select(part => Path.Combine(dotnetRoot, part)))
        {
            if (Directory.Exists(part))
            {
                tree.AddTree(part, part);
            }
            else if (File.Exists(part))
            {
                tree.AddFile(part, part);
            }
        }

        return tree;
    }

    /// <summary>The folder of one function.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0212.</exception>
    public static ImageTree Function(string folder)
    {
        var tree = new ImageTree();
        tree.AddTree("/", folder);
        return tree;
    }

    /// <summary>All in one folder that goes by the names of every distribution.</summary>
    private static void AddLibraries(ImageTree tree)
    {
        const string Target = "/usr/lib/x86_64-linux-gnu";
        foreach (var library in s_libraries)
        {
            foreach (var file in Find(library))
            {
                tree.AddFile($"{Target}/{Path.GetFileName(file)}", File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file);
            }
        }

        tree.AddLink("/lib", "usr/lib");
        tree.AddLink("/lib64", "usr/lib/x86_64-linux-gnu");
        tree.AddLink("/usr/lib64", "lib/x86_64-linux-gnu");
    }

    /// <summary>Files of that name, or, for a name that ends in a dot, of that name and a number; from the first folder that has any.</summary>
    private static string[] Find(string library) =>
        s_libraryFolders
            .Where(Directory.Exists)
            .Select(folder => Directory.GetFiles(folder).Where(file => IsNamed(Path.GetFileName(file), library)).ToArray())
            .FirstOrDefault(static found => found.Length > 0, []);

    private static bool IsNamed(string file, string library) =>
        library.EndsWith('.')
            ? file.StartsWith(library, StringComparison.Ordinal) && int.TryParse(file.AsSpan(library.Length), out _)
            : file == library;
}
