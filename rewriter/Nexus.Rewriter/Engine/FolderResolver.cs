using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Finds referenced assemblies among given files, in given folders and in the shared framework this process runs on.</summary>
internal sealed class FolderResolver : IAssemblyResolver
{
    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    private readonly Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> folders;
    private readonly Dictionary<string, AssemblyDefinition> loaded = new(StringComparer.OrdinalIgnoreCase);

    public FolderResolver(IEnumerable<string> folders, IEnumerable<string> files)
    {
        this.folders = [.. folders, .. FrameworkFolders()];
        foreach (var file in files)
            this.files.TryAdd(Path.GetFileNameWithoutExtension(file), file);
    }

    public AssemblyDefinition Resolve(AssemblyNameReference name) => Resolve(name, new ReaderParameters());

    public AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters)
    {
        if (loaded.TryGetValue(name.Name, out var known))
            return known;
        var path = Find(name.Name) ?? throw new AssemblyResolutionException(name);
        var assembly = AssemblyDefinition.ReadAssembly(path, new ReaderParameters { AssemblyResolver = this, InMemory = true });
        loaded.Add(name.Name, assembly);
        return assembly;
    }

    public void Dispose()
    {
        foreach (var assembly in loaded.Values)
            assembly.Dispose();
    }

    private static IEnumerable<string> FrameworkFolders()
    {
        yield return FrameworkFolder;
        var version = Path.GetFileName(FrameworkFolder);
        var shared = Path.GetDirectoryName(Path.GetDirectoryName(FrameworkFolder));
        if (shared is not null && Path.Combine(shared, "Microsoft.AspNetCore.App", version) is var web && Directory.Exists(web))
            yield return web;
    }

    private string? Find(string name)
    {
        if (files.TryGetValue(name, out var file) && File.Exists(file))
            return file;
        return folders.Select(folder => Path.Combine(folder, name + ".dll")).FirstOrDefault(File.Exists);
    }
}
