namespace Nexus.Vmm.Nested;

/// <summary>The checkout this program was built in.</summary>
internal static class RepositoryFolder
{
    public static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Nexus.sln")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("no Nexus.sln above this program");
    }
}
