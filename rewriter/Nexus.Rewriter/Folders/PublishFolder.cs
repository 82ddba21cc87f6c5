namespace Nexus.Rewriter;

/// <summary>The form in which a function was published.</summary>
internal enum PublishForm
{
    FrameworkDependent,
    SelfContained,
    SingleFile,
    NativeAot,
}

/// <summary>What is in the output folder of <c>dotnet publish</c>; found by looking, nothing is loaded.</summary>
internal sealed class PublishFolder
{
    private const string DepsSuffix = ".deps.json";
    private const string ConfigSuffix = ".runtimeconfig.json";

    private PublishFolder(string path, string appName, PublishForm form, bool hasEntryPoint, string? nativeExecutable)
    {
        Path = path;
        AppName = appName;
        Form = form;
        IsExecutable = hasEntryPoint;
        NativeExecutable = nativeExecutable;
    }

    public string Path { get; }

    public string AppName { get; }

    public PublishForm Form { get; }

    public bool IsExecutable { get; }

    public string? NativeExecutable { get; }

    /// <summary>Whether it is a program that uses ASP.NET Core; of an image, whether it was built with Nexus.Build as such.</summary>
    public bool IsServer =>
        IsManaged
            ? IsExecutable && RuntimeConfig.UsesAspNetCore(System.IO.Path.Combine(Path, RuntimeConfigFile))
            : NativeImage.ServesThroughGuest(System.IO.Path.Combine(Path, NativeExecutable!));

    public bool IsManaged => Form is PublishForm.FrameworkDependent or PublishForm.SelfContained;

    public string DepsFile => AppName + DepsSuffix;

    public string RuntimeConfigFile => AppName + ConfigSuffix;

    public string EntryAssembly => AppName + ".dll";

    /// <summary>Relative paths of all files, in ordinal order.</summary>
    public IReadOnlyList<string> Files() =>
        [
            .. Directory
                .EnumerateFiles(Path, "*", SearchOption.AllDirectories)
                .Select(f => System.IO.Path.GetRelativePath(Path, f))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Why nothing in this folder can be rewritten.</summary>
    public Finding NotRewritable() =>
        new(
            (Form is PublishForm.SingleFile ? RewriterDiagnostics.SingleFileBundle : RewriterDiagnostics.NativeAot).Id,
            NativeExecutable!,
            null,
            NativeImage.CallsGuest(System.IO.Path.Combine(Path, NativeExecutable!))
                ? "taken as it is: it was built with Nexus.Build"
                : "taken as it is; none of its calls are offloaded"
        );

    /// <param name="path">The folder.</param>
    /// <param name="appName">Name of the application; found when null.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0110, NEXUS0111 or NEXUS0112.</exception>
    public static PublishFolder Open(string path, string? appName)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(full))
            throw RewriterDiagnostics.FolderNotFound.With(path);
        var name = appName ?? FindManaged(full);
        var assembly = System.IO.Path.Combine(full, name + ".dll");
        if (name.Length > 0 && File.Exists(assembly))
        {
            var probe = AssemblyProbe.Open(assembly);
            if (probe.Kind is ImageKind.NotManaged)
                throw RewriterDiagnostics.NotAnAssembly.With(assembly);
            if (probe.Kind is ImageKind.Corrupt)
                throw RewriterDiagnostics.CorruptAssembly.With(assembly);
            var selfContained = RuntimeConfig.IsSelfContained(System.IO.Path.Combine(full, name + ConfigSuffix));
            var executable = selfContained && probe.HasEntryPoint ? FindExecutable(full, name) : null;
            return new PublishFolder(
                full,
                name,
                selfContained ? PublishForm.SelfContained : PublishForm.FrameworkDependent,
                probe.HasEntryPoint,
                executable
            );
        }
        return FindNative(full, appName) ?? throw RewriterDiagnostics.NoApplication.With(path);
    }

    /// <summary>Name of the managed application; empty when there is none.</summary>
    private static string FindManaged(string folder)
    {
        foreach (var suffix in (string[])[ConfigSuffix, DepsSuffix])
        {
            var names = Directory
                .EnumerateFiles(folder, "*" + suffix)
                .Select(f => System.IO.Path.GetFileName(f)[..^suffix.Length])
                .Where(n => File.Exists(System.IO.Path.Combine(folder, n + ".dll")))
                .Order(StringComparer.Ordinal)
                .ToList();
            if (names.Count > 1)
                throw RewriterDiagnostics.AmbiguousApplication.With(string.Join(", ", names));
            if (names.Count == 1)
                return names[0];
        }
        var assemblies = Directory.EnumerateFiles(folder, "*.dll").Where(f => AssemblyProbe.Open(f).Name.Length > 0).Take(2).ToList();
        return assemblies.Count == 1 ? System.IO.Path.GetFileNameWithoutExtension(assemblies[0]) : "";
    }

    private static string? FindExecutable(string folder, string name) =>
        ((string[])[name, name + ".exe"]).FirstOrDefault(f => File.Exists(System.IO.Path.Combine(folder, f)));

    private static PublishFolder? FindNative(string folder, string? appName)
    {
        var candidates = Directory
            .EnumerateFiles(folder)
            .Where(f => appName is null || System.IO.Path.GetFileNameWithoutExtension(f) == appName)
            .Select(f => (File: System.IO.Path.GetFileName(f), Form: NativeImage.Classify(f)))
            .Where(c => c.Form is not null)
            .ToList();
        if (candidates.Count > 1)
            throw RewriterDiagnostics.AmbiguousApplication.With(string.Join(", ", candidates.Select(c => c.File)));
        return candidates.Count == 0
            ? null
            : new PublishFolder(
                folder,
                System.IO.Path.GetFileNameWithoutExtension(candidates[0].File),
                candidates[0].Form!.Value,
                true,
                candidates[0].File
            );
    }
}
