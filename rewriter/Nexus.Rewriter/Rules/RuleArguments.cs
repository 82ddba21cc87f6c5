namespace Nexus.Rewriter;

/// <summary>What <see cref="RewriteKind.CallBefore"/> and <see cref="RewriteKind.WrapReturn"/> hand to their target.</summary>
public enum RuleArguments
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The object the method was called on.</summary>
    Receiver,

    /// <summary>The receiver, if there is one, then every parameter.</summary>
    All,
}
