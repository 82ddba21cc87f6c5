using Nexus.Rewriter;
using Nexus.TestKit;
using Nexus.TestKit.Functions;

namespace Nexus.KillProof;

/// <summary>Test functions published and prepared for this build of Nexus, in <c>artifacts/ready</c>.</summary>
public static class ReadyFunctions
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif
    private static readonly Lazy<string> s_guest = new(CollectGuest);

    /// <summary>Prepares a function of <c>test-functions/</c>.</summary>
    /// <param name="name">Name of its folder, project and assembly.</param>
    public static async Task<PreparedFunction> GetAsync(string name)
    {
        var published = await PublishedFunctions.GetAsync(name);
        return new OverlayBuilder(RuleSet.Default, s_guest.Value, RepositoryRoot.Combine("artifacts", "ready")).Prepare(published.Folder);
    }

    /// <summary>The guest's assemblies in one folder; one per process, since several of different builds may run at once.</summary>
    private static string CollectGuest()
    {
        var folder = Directory.CreateTempSubdirectory("nexus-guest-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (
            var project in new[]
            {
                "Nexus.Guest.Host",
                "Nexus.Guest.Aws/V3",
                "Nexus.Guest.Aws/V4",
                "Nexus.Guest.Http.Factory",
                "Nexus.Guest.Grpc.Legacy",
                "Nexus.Guest.Grpc.NetClient",
                "Nexus.Guest.AspNetCore",
            }
        )
        {
            var output = RepositoryRoot.Combine("guest-shim", project, "bin", Configuration, "net8.0");
            foreach (var file in Directory.GetFiles(output, "Nexus.*.dll"))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            }
        }

        return folder;
    }
}
