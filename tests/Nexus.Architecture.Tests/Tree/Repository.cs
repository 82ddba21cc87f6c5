using System.Diagnostics;

namespace Nexus.Architecture.Tests.Tree;

/// <summary>The text files of the repository these tests were built from.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotSource = ["bin", "obj", "artifacts", "node_modules", "TestResults", ".git", ".vs", ".idea"];

    private static readonly HashSet<string> TextExtensions =
    [
        ".cs",
        ".csproj",
        ".fs",
        ".fsproj",
        ".props",
        ".targets",
        ".sln",
        ".md",
        ".json",
        ".sh",
        ".ps1",
        ".js",
        ".mjs",
        ".yml",
        ".xml",
        ".config",
        ".txt",
        "",
    ];

    private static readonly Lazy<IReadOnlyList<SourceFile>> All = new(Read);

    /// <summary>Absolute path of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every text file that git tracks; every text file in the folder where this is no git checkout.</summary>
    public static IReadOnlyList<SourceFile> Files => All.Value;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Nexus.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Nexus.sln above {AppContext.BaseDirectory}.");
    }

    private static IReadOnlyList<SourceFile> Read() =>
        [
            .. (Tracked() ?? Walk(Root))
                .Where(p => TextExtensions.Contains(Path.GetExtension(p)) || Path.GetFileName(p).StartsWith('.'))
                .Where(p => File.Exists(Path.Combine(Root, p)))
                .Select(p => new SourceFile(p, File.ReadAllText(Path.Combine(Root, p)))),
        ];

    private static List<string>? Tracked()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["-C", Root, "ls-files", "--cached", "--others", "--exclude-standard"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var git = Process.Start(start)!;
            var listing = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? [.. listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct()] : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static List<string> Walk(string folder) =>
        [
            .. Directory.GetFiles(folder).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')),
            .. Directory.GetDirectories(folder).Where(d => !NotSource.Contains(Path.GetFileName(d))).SelectMany(Walk),
        ];
}
