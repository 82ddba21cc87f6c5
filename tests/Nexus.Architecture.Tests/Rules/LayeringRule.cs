using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>Dependencies point downwards only: channel, then guest and backend, then the command line.</summary>
internal static class LayeringRule
{
    private const string Channel = "guest-shim/Nexus.Channel";

    /// <summary>Folder of projects and the folders they may refer to; the first match counts.</summary>
    private static readonly (string From, string[] To)[] Allowed =
    [
        (Channel, []),
        ("guest-shim", ["guest-shim"]),
        ("host-backend/Nexus.Backend", [Channel]),
        ("host-backend", [Channel, "host-backend", "rewriter"]),
        ("rewriter", ["rewriter"]),
        ("vmm", ["vmm"]),
        ("test-functions", ["test-functions"]),
    ];

    /// <summary>Package families a folder must not know.</summary>
    private static readonly (string Folder, string Prefix)[] ForbiddenPackages =
    [
        (Channel, ""),
        ("vmm", "AWSSDK."),
        ("vmm", "Grpc."),
        ("rewriter", "AWSSDK."),
        ("test-functions", "Nexus."),
    ];

    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree)
    {
        foreach (var project in ProjectFile.AllIn(tree))
        {
            foreach (var target in project.ProjectReferences.Where(t => !MayRefer(project.Path, t)))
            {
                yield return $"{project.Path} must not refer to {target}";
            }

            // A linked source would be a dependency that no reference shows; diagnostics, types and catalogues, are the one shared piece.
            foreach (var source in project.LinkedSources.Where(s => !IsDiagnostic(s) && !MayRefer(project.Path, s)))
            {
                yield return $"{project.Path} must not compile {source}";
            }

            foreach (var (folder, prefix) in ForbiddenPackages.Where(f => IsIn(project.Path, f.Folder)))
            {
                foreach (var package in project.PackageReferences.Where(p => p.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                {
                    yield return $"{project.Path} must not use the package {package} ({folder})";
                }
            }
        }
    }

    private static bool IsDiagnostic(string source) =>
        source.Contains("/Diagnostics/") || source.EndsWith("Diagnostics.cs", StringComparison.Ordinal);

    private static bool MayRefer(string project, string target)
    {
        foreach (var (from, to) in Allowed)
        {
            if (IsIn(project, from))
            {
                return to.Any(t => IsIn(target, t));
            }
        }

        return true;
    }

    private static bool IsIn(string path, string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);
}
