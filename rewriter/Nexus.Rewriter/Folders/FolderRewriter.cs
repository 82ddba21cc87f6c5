using Nexus.Diagnostics;

namespace Nexus.Rewriter;

/// <summary>Makes, from the output of <c>dotnet publish</c>, a folder in which the function's calls go to the guest assemblies.</summary>
/// <param name="rules">The rules to put in.</param>
/// <param name="guestFolder">Folder with the guest assemblies (<c>Nexus.Channel.dll</c>, <c>Nexus.Guest.dll</c>, ...).</param>
public sealed class FolderRewriter(RuleSet rules, string guestFolder)
{
    /// <summary>Rewrites a folder into another; the input is only read.</summary>
    /// <param name="input">The published function.</param>
    /// <param name="output">A folder that does not exist yet or is empty; removed again when something fails.</param>
    /// <param name="appName">Name of the application, needed only when the folder holds several.</param>
    /// <exception cref="NexusException">NEXUS0100 to NEXUS0119.</exception>
    public PreparedFunction Rewrite(string input, string output, string? appName = null)
    {
        var target = Path.GetFullPath(output);
        Refuse(Path.GetFullPath(input), target);
        var existed = Directory.Exists(target);
        try
        {
            return Fill(PublishFolder.Open(input, appName), target);
        }
        catch (Exception e)
        {
            if (!existed && Directory.Exists(target))
                Directory.Delete(target, recursive: true);
            if (DiskErrors.Translate(e, target) is { } known)
                throw known;
            throw;
        }
    }

    /// <summary>Fills an empty folder; the caller removes it when this fails.</summary>
    internal PreparedFunction Fill(PublishFolder source, string output)
    {
        Directory.CreateDirectory(output);
        var copied = new HashSet<string>(StringComparer.Ordinal);
        var applied = new List<AppliedRule>();
        var findings = new List<Finding>();
        if (source.IsManaged)
            RewriteAssemblies(source, output, copied, applied, findings);
        else
            findings.Add(source.NotRewritable());

        foreach (var file in source.Files().Where(f => !copied.Contains(f)))
            Copy(Path.Combine(source.Path, file), Path.Combine(output, file));
        if (source.IsManaged)
            AddGuest(source, output, GuestAssemblies.For(rules, applied, source));
        return new PreparedFunction
        {
            Folder = output,
            AppName = source.AppName,
            DepsFile = source.IsManaged ? source.DepsFile : null,
            RuntimeConfigFile = source.IsManaged ? source.RuntimeConfigFile : null,
            EntryAssembly = source.IsManaged ? source.EntryAssembly : null,
            IsExecutable = source.IsExecutable,
            IsServer = source.IsServer,
            NativeExecutable = source.NativeExecutable,
            AppliedRules = applied,
            Findings = findings,
        };
    }

    private static void Refuse(string input, string output)
    {
        var overlaps = IsInside(input, output) || IsInside(output, input);
        if (overlaps || File.Exists(output) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()))
            throw RewriterDiagnostics.OutputOverlapsInput.With(output);
    }

    private static bool IsInside(string path, string folder) =>
        (Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    private void RewriteAssemblies(
        PublishFolder source,
        string output,
        HashSet<string> written,
        List<AppliedRule> applied,
        List<Finding> findings
    )
    {
        var rewriter = new AssemblyRewriter(rules, [source.Path]);
        var deps = Path.Combine(source.Path, source.DepsFile);
        var managed = File.Exists(deps) ? DepsFile.Parse(deps).Assemblies() : new HashSet<string>();
        foreach (var file in source.Files().Where(f => f.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)))
        {
            if (file.EndsWith(".resources.dll", StringComparison.OrdinalIgnoreCase) || GuestAssemblies.IsGuest(file))
                continue;
            var path = Path.Combine(source.Path, file);
            if (!Concerns(path, managed.Contains(Path.GetFileName(file)), findings))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(output, file))!);
            var result = rewriter.Rewrite(path, Path.Combine(output, file));
            applied.AddRange(result.Applied);
            findings.AddRange(result.Findings);
            if (result.Outcome is RewriteOutcome.Rewritten)
            {
                written.Add(file);
                if (File.Exists(Path.Combine(output, Path.ChangeExtension(file, ".pdb"))))
                    written.Add(Path.ChangeExtension(file, ".pdb"));
            }
        }
        // A folder built with Nexus.Build brings guest assemblies; they are replaced by this installation's, which speak its channel. Only
        // a self-contained one keeps its own: its framework may be trimmed to just what they use.
        if (source.Form is PublishForm.FrameworkDependent)
            written.UnionWith(source.Files().Where(GuestAssemblies.IsGuest));
    }

    /// <summary>Native libraries may be called .dll too; only what the host would load as managed must be sound.</summary>
    private static bool Concerns(string path, bool listedAsManaged, List<Finding> findings)
    {
        var kind = AssemblyProbe.Open(path).Kind;
        switch (kind)
        {
            case ImageKind.NotManaged when listedAsManaged:
                throw RewriterDiagnostics.NotAnAssembly.With(path);
            case ImageKind.Corrupt when listedAsManaged:
                throw RewriterDiagnostics.CorruptAssembly.With(path);
            case ImageKind.MixedMode:
                findings.Add(new Finding(RewriterDiagnostics.MixedMode.Id, Path.GetFileName(path), null, "taken as it is"));
                return false;
            default:
                return kind is not (ImageKind.NotManaged or ImageKind.Corrupt);
        }
    }

    private void AddGuest(PublishFolder source, string output, IReadOnlyList<string> guests)
    {
        foreach (var guest in guests.Where(g => !File.Exists(Path.Combine(output, g))))
            File.Copy(GuestAssemblies.Locate(guestFolder, guest), Path.Combine(output, guest));

        var main = Path.Combine(source.Path, source.EntryAssembly);
        var config = Path.Combine(output, source.RuntimeConfigFile);
        if (!File.Exists(config))
            File.WriteAllText(config, RuntimeConfig.Generate(main));

        var depsPath = Path.Combine(output, source.DepsFile);
        var deps = File.Exists(depsPath)
            ? DepsFile.Parse(depsPath)
            : DepsFile.Generate(ManagedFiles(output), TargetFramework.VersionOf(main));
        foreach (var guest in guests)
            deps.AddAssembly(guest);
        File.WriteAllText(depsPath, deps.ToText());
    }

    private static IEnumerable<string> ManagedFiles(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.dll")
            .Where(f => AssemblyProbe.Open(f).Name.Length > 0)
            .Select(f => Path.GetFileName(f))
            .Order(StringComparer.Ordinal);
}
