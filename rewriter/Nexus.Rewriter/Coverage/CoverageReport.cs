namespace Nexus.Rewriter;

/// <summary>What <c>nexus check</c> prints; serializable as it is.</summary>
public sealed record CoverageReport
{
    public required string AppName { get; init; }

    /// <summary>How the function was published: FrameworkDependent, SelfContained, SingleFile or NativeAot.</summary>
    public required string Form { get; init; }

    /// <summary>Where rules would be put in, or were put in when the function was built.</summary>
    public required IReadOnlyList<AppliedRule> Rules { get; init; }

    /// <summary>The network libraries in the folder, by name.</summary>
    public required IReadOnlyList<LibraryCoverage> Libraries { get; init; }

    /// <summary>Call sites that are left alone, each with the reason.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Whether everything that was recognised as network use is offloaded.</summary>
    public bool IsComplete => Findings.Count == 0 && Libraries.All(l => l.Status is CoverageStatus.Covered);
}
