namespace Nexus.Rewriter;

public enum CoverageStatus
{
    /// <summary>The library's calls are offloaded.</summary>
    Covered,

    /// <summary>The library is known, but there is no rule for this version of it.</summary>
    UnsupportedVersion,

    /// <summary>The library uses the network and no rule is for it.</summary>
    NotCovered,
}
