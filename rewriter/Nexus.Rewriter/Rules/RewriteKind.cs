namespace Nexus.Rewriter;

/// <summary>What a rule does to the method it names. The shapes of the targets are given in <c>docs/decisions/0002-rewriter.md</c>.</summary>
public enum RewriteKind
{
    /// <summary>The method calls the target first, then runs as before. Target: <c>static void M(arguments)</c>.</summary>
    CallBefore,

    /// <summary>The method does nothing but call the target. Target: <c>static R M([receiver,] parameters)</c>.</summary>
    ReplaceBody,

    /// <summary>
    /// In a process that has a channel the method does nothing but call the target; otherwise it runs as before. A constructor calls its base first. Target:
    /// <c>static R M([receiver,] parameters)</c>.
    /// </summary>
    Divert,

    /// <summary>Call sites of the method, in every assembly that has some, call the target. Target: <c>static R M([receiver,] parameters)</c>.</summary>
    ReplaceCall,

    /// <summary>Places that construct the type call the target. Target: <c>static T M(parameters)</c>.</summary>
    ReplaceNew,

    /// <summary>What call sites of the method get from it passes through the target. Target: <c>static R M(R result)</c>, without type parameters.</summary>
    WrapCall,

    /// <summary>
    /// Classes that derive from the type derive from the target type instead, which derives from it itself and has the same constructors; calls of base methods go there too.
    /// </summary>
    ReplaceBase,

    /// <summary>What the method returns passes through the target. Target: <c>static R M(R result, arguments)</c>.</summary>
    WrapReturn,

    /// <summary>
    /// A program calls the target before its own <c>Main</c> runs. The named type and method stand for what the target has to come before: in a build, programs that are
    /// compiled against the assembly fall under the rule; where folders are rewritten a start-up hook does the same. Target: <c>static void M()</c>.
    /// </summary>
    CallAtStart,
}
