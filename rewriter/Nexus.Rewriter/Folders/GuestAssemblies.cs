namespace Nexus.Rewriter;

/// <summary>Which of the guest's files a function gets.</summary>
internal static class GuestAssemblies
{
    public const string Host = "Nexus.Guest.Host.dll";
    private static readonly string[] Always = ["Nexus.Channel.dll", "Nexus.Guest.dll"];

    /// <summary>File names for a rewritten function.</summary>
    /// <param name="targets">Simple names of the assemblies that the rewritten code calls.</param>
    /// <param name="isExecutable">A function with a <c>Main</c> of its own needs no host.</param>
    public static IEnumerable<string> For(IEnumerable<string> targets, bool isExecutable) =>
        Always.Concat(targets.Select(t => t + ".dll")).Concat(isExecutable ? [] : [Host]).Distinct(StringComparer.Ordinal);

    /// <summary>Whether a file is one of the guest's own assemblies.</summary>
    public static bool IsGuest(string file) =>
        Path.GetFileName(file)
            is "Nexus.Channel.dll"
                or "Nexus.Guest.dll"
                or "Nexus.Guest.Host.dll"
                or "Nexus.Guest.Aws.V4.dll"
                or "Nexus.Guest.Aws.V3.dll";

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0115: it is not there.</exception>
    public static string Locate(string guestFolder, string fileName)
    {
        var path = Path.Combine(guestFolder, fileName);
        return File.Exists(path) ? path : throw RewriterDiagnostics.GuestAssemblyMissing.With(path);
    }
}
