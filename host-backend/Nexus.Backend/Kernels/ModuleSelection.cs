using System.Text;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Kernels;

/// <summary>The modules that a guest's machine needs, in the order in which they are loaded.</summary>
internal static class ModuleSelection
{
    /// <summary>Finds devices, wakes the channel, is the images' device and their file system.</summary>
    private static readonly string[] s_needed = ["virtio_mmio", "virtio_console", "virtio_pmem", "nd_pmem", "erofs"];

    /// <summary>A kernel without these is used as it is: no entropy but that of a clone's seed, and no memory given back.</summary>
    private static readonly string[] s_useful = ["virtio_rng", "virtio_balloon"];

    /// <summary>What decides the result, besides the kernel and its modules.</summary>
    public static string Rules { get; } = string.Join(' ', s_needed.Append("|").Concat(s_useful));

    /// <summary>Chooses from a kernel's modules.</summary>
    /// <param name="kernel">The kernel's file.</param>
    /// <param name="folder">Its modules.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0216: something is neither a module nor built in; NEXUS0217, NEXUS0218.</exception>
    public static IReadOnlyList<KernelModule> For(string kernel, string folder)
    {
        var tree = new ModuleTree(folder);
        var missing = s_needed.Where(name => !tree.IsBuiltin(name) && tree.FileOf(name) is null).ToList();
        if (missing.Count > 0)
        {
            throw SandboxDiagnostics.KernelLacksDrivers.With($"{string.Join(", ", missing)}, in {folder}");
        }

        var chosen = new List<KernelModule>();
        foreach (var name in s_needed.Concat(s_useful.Where(name => tree.FileOf(name) is not null)))
        {
            Add(tree, name, [], chosen);
        }

        CheckVersion(kernel, chosen);
        return chosen;
    }

    /// <summary>What a module needs comes before it.</summary>
    private static void Add(ModuleTree tree, string name, HashSet<string> above, List<KernelModule> chosen)
    {
        var normal = ModuleTree.Normal(name);
        if (tree.IsBuiltin(normal) || chosen.Exists(module => module.Name == normal) || !above.Add(normal))
        {
            return;
        }

        var module = KernelModule.Read(
            normal,
            tree.FileOf(normal) ?? throw SandboxDiagnostics.KernelLacksDrivers.With($"{normal}, in {tree.Folder}")
        );
        foreach (var wanted in module.WantsBefore.Where(wanted => !tree.IsBuiltin(wanted)).SelectMany(wanted => Behind(tree, wanted)))
        {
            Add(tree, wanted, above, chosen);
        }

        foreach (var needed in module.Needs)
        {
            Add(tree, needed, above, chosen);
        }

        chosen.Add(module);
    }

    /// <summary>A module of that name, or the portable one of that algorithm; a guest has nobody who would look for others.</summary>
    private static IEnumerable<string> Behind(ModuleTree tree, string wanted) =>
        tree.FileOf(wanted) is not null
            ? [wanted]
            : tree.NamesFor(wanted).OrderByDescending(static name => name.EndsWith("_generic", StringComparison.Ordinal)).Take(1);

    /// <summary>A kernel refuses modules of another; both kinds of kernel files have their version in plain text.</summary>
    private static void CheckVersion(string kernel, List<KernelModule> modules)
    {
        if (modules.Count == 0)
        {
            return;
        }

        var content = File.ReadAllBytes(kernel);
        foreach (var module in modules)
        {
            if (content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(module.KernelVersion + " ")) < 0)
            {
                throw SandboxDiagnostics.KernelUnusable.With($"{kernel}: module {module.Name} is for kernel {module.KernelVersion}");
            }
        }
    }
}
