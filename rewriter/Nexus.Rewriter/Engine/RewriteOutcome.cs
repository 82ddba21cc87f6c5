namespace Nexus.Rewriter;

public enum RewriteOutcome
{
    /// <summary>No rule concerns the assembly; nothing was written.</summary>
    Untouched,

    /// <summary>The output was written and verified.</summary>
    Rewritten,

    /// <summary>The input carries the marker of the same rules; nothing was written.</summary>
    AlreadyRewritten,
}
