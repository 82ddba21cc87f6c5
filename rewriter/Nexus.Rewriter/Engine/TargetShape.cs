namespace Nexus.Rewriter;

/// <summary>What a rule's target returns.</summary>
internal enum TargetResult
{
    Nothing,
    SameAsSource,
    DeclaringType,
}

/// <summary>The signature of a rule's target, relative to the method that is hooked.</summary>
internal readonly record struct TargetShape(TargetResult Result, bool TakesResult, bool TakesReceiver, bool TakesParameters)
{
    public static TargetShape For(RewriteRule rule, bool hasThis)
    {
        var receiver = hasThis && rule.Arguments is not RuleArguments.None;
        var all = rule.Arguments is RuleArguments.All;
        return rule.Kind switch
        {
            RewriteKind.CallBefore => new(TargetResult.Nothing, false, receiver, all),
            RewriteKind.WrapReturn => new(TargetResult.SameAsSource, true, receiver, all),
            RewriteKind.ReplaceNew => new(TargetResult.DeclaringType, false, false, true),
            _ => new(TargetResult.SameAsSource, false, hasThis, true),
        };
    }
}
