namespace Nexus.Rewriter;

/// <summary>Which of the guest's files a function gets.</summary>
public static class GuestAssemblies
{
    /// <summary>The function host, which starts class libraries.</summary>
    public const string Host = "Nexus.Guest.Host.dll";
    private const string Http = "Nexus.Guest.Http.dll";
    private const string HttpFactory = "Nexus.Guest.Http.Factory.dll";
    private const string Grpc = "Nexus.Guest.Grpc.dll";

    /// <summary>The server that takes Kestrel's place.</summary>
    public const string Server = "Nexus.Guest.AspNetCore.dll";
    private static readonly string[] Always = ["Nexus.Channel.dll", "Nexus.Guest.dll"];

    /// <summary>File names of the assemblies that rewritten code calls, directly or not; none when no rule was put in.</summary>
    public static IReadOnlyList<string> For(RuleSet rules, IReadOnlyCollection<AppliedRule> applied)
    {
        var targets = rules
            .Rules.Where(r => applied.Any(a => a.RuleId == r.Id))
            .Select(r => r.TargetAssembly + ".dll")
            .Order(StringComparer.Ordinal)
            .ToList();
        // The factory's adapter stands on the handler, the adapters for the gRPC libraries on one invoker.
        if (targets.Contains(HttpFactory))
            targets.Add(Http);
        if (targets.Exists(t => t.StartsWith("Nexus.Guest.Grpc.", StringComparison.Ordinal)))
            targets.Add(Grpc);
        return targets.Count == 0 ? [] : [.. Always.Concat(targets).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// File names for a build, which has to name its references before it compiles: also what the project's own code may turn out to call.
    /// </summary>
    /// <param name="rules">The rules.</param>
    /// <param name="applied">Where they were put into the packages.</param>
    /// <param name="packages">Files of the packages.</param>
    /// <param name="usesAspNetCore">Whether the shared framework of ASP.NET Core is among the references; the factory of clients is in it.</param>
    public static IReadOnlyList<string> ForBuild(
        RuleSet rules,
        IReadOnlyCollection<AppliedRule> applied,
        IEnumerable<string> packages,
        bool usesAspNetCore
    ) =>
        [
            .. Always
                .Concat(For(rules, applied))
                .Append(Http)
                .Concat(usesAspNetCore ? [Server, HttpFactory] : [])
                .Concat(packages.Any(file => Path.GetFileName(file) == "Microsoft.Extensions.Http.dll") ? [HttpFactory] : [])
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>File names for a rewritten folder: as in a build, those it was built with, and for a class library the host.</summary>
    internal static IReadOnlyList<string> For(RuleSet rules, IReadOnlyCollection<AppliedRule> applied, PublishFolder source) =>
        [
            .. Always
                .Concat(For(rules, applied))
                .Concat(source.Files().Where(IsGuest))
                .Concat(source.IsExecutable ? [] : [Host])
                .Concat(source.IsServer ? [Server] : [])
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Whether a file is one of the guest's own assemblies.</summary>
    internal static bool IsGuest(string file) =>
        Path.GetFileName(file) is var name
        && name.EndsWith(".dll", StringComparison.Ordinal)
        && (name == "Nexus.Channel.dll" || name == "Nexus.Guest.dll" || name.StartsWith("Nexus.Guest.", StringComparison.Ordinal));

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0115: it is not there.</exception>
    internal static string Locate(string guestFolder, string fileName)
    {
        var path = Path.Combine(guestFolder, fileName);
        return File.Exists(path) ? path : throw RewriterDiagnostics.GuestAssemblyMissing.With(path);
    }
}
