using System.Text;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Kernels;

/// <summary>The modules of a kernel as its package installs them (modules.dep(5), and the kernel's Documentation/kbuild/kbuild.rst for what is built in).</summary>
internal sealed class ModuleTree
{
    private const string BuiltinFile = "modules.builtin";
    private const string BuiltinInformation = "modules.builtin.modinfo";
    private static readonly string[] s_kernelNames = ["vmlinuz-", "vmlinux-"];
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _builtin = new(StringComparer.Ordinal);

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0217.</exception>
    public ModuleTree(string folder)
    {
        Folder = folder;
        var builtin = Path.Combine(folder, BuiltinFile);
        if (!File.Exists(builtin))
        {
            throw SandboxDiagnostics.KernelUnusable.With($"{folder} is no folder of modules: {BuiltinFile} is missing");
        }

        _builtin.UnionWith(File.ReadLines(builtin).Select(NameOf));
        AddBuiltinAliases(Path.Combine(folder, BuiltinInformation));
        var modules = Path.Combine(folder, "kernel");
        foreach (var file in Directory.Exists(modules) ? Directory.EnumerateFiles(modules, "*.ko*", SearchOption.AllDirectories) : [])
        {
            _files[NameOf(file)] = file;
        }
    }

    public string Folder { get; }

    /// <summary>The folder of a kernel's modules, by where the kernel is: in its own folder, or in <c>lib/modules</c> beside <c>boot</c>; null if there is none.</summary>
    public static string? FolderOf(string kernel)
    {
        var file = new FileInfo(kernel);
        var final = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
        var own = Path.GetDirectoryName(final)!;
        var name = Path.GetFileName(final);
        var version = s_kernelNames.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix
            ? name[prefix.Length..]
            : null;
        string[] places = version is null
            ? [own]
            : [own, Path.Combine(own, "..", "lib", "modules", version), Path.Combine(own, "..", "usr", "lib", "modules", version)];
        return places.Select(Path.GetFullPath).FirstOrDefault(static place => File.Exists(Path.Combine(place, BuiltinFile)));
    }

    /// <summary>Whether the kernel has it without a module.</summary>
    public bool IsBuiltin(string name) => _builtin.Contains(Normal(name));

    /// <summary>The module's file; null if there is none.</summary>
    public string? FileOf(string name) => _files.GetValueOrDefault(Normal(name));

    /// <summary>Modules that may stand behind an alias of a cryptographic algorithm: their names begin with it.</summary>
    public IEnumerable<string> NamesFor(string algorithm) =>
        _files.Keys.Where(name => name.StartsWith(Normal(algorithm) + "_", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>A module's name as the kernel writes it.</summary>
    public static string Normal(string name) => name.Replace('-', '_');

    private static string NameOf(string path)
    {
        var file = Path.GetFileName(path);
        return Normal(file[..file.IndexOf(".ko", StringComparison.Ordinal)]);
    }

    /// <summary>Fields <c>module.key=value</c> that end with a zero byte; kernels before 5.2 have no such file.</summary>
    private void AddBuiltinAliases(string file)
    {
        if (!File.Exists(file))
        {
            return;
        }

        foreach (var field in Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split('\0'))
        {
            const string key = ".alias=";
            var at = field.IndexOf(key, StringComparison.Ordinal);
            if (at > 0)
            {
                _builtin.Add(Normal(field[(at + key.Length)..]));
            }
        }
    }
}
