using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Task = Microsoft.Build.Utilities.Task;

namespace Nexus.Build;

/// <summary>Says which items of a build the rewritten assemblies replace, and which guest assemblies it needs besides.</summary>
public sealed class SwapAssemblies : Task
{
    [Required]
    public ITaskItem[] Assemblies { get; set; } = [];

    [Required]
    public string Manifest { get; set; } = "";

    [Required]
    public string GuestFolder { get; set; } = "";

    [Output]
    public ITaskItem[] Originals { get; set; } = [];

    /// <summary>The rewritten files with all the metadata of their originals.</summary>
    [Output]
    public ITaskItem[] Replacements { get; set; } = [];

    [Output]
    public ITaskItem[] GuestAssemblies { get; set; } = [];

    public override bool Execute()
    {
        var manifest = RewriteManifest.Load(Manifest);
        Originals = [.. Assemblies.Where(a => manifest.Rewritten.ContainsKey(a.GetMetadata("FullPath")))];
        Replacements = [.. Originals.Select(o => Replace(o, manifest.Rewritten[o.GetMetadata("FullPath")]))];
        GuestAssemblies = [.. manifest.Guests.Select(g => new TaskItem(Path.GetFullPath(Path.Combine(GuestFolder, g))))];
        return true;
    }

    private static TaskItem Replace(ITaskItem original, string path)
    {
        var item = new TaskItem(path);
        original.CopyMetadataTo(item);
        return item;
    }
}
