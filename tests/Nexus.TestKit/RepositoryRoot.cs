namespace Nexus.TestKit;

/// <summary>The repository's root folder, found from where the caller's assembly lies.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder that holds <c>Nexus.sln</c>.</summary>
    public static string Path { get; } = Find();

    /// <summary>A path under the root.</summary>
    public static string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "Nexus.sln")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException(
            $"No folder above {AppContext.BaseDirectory} holds Nexus.sln; run from a build of the repository."
        );
    }
}
