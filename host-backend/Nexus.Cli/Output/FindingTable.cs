extern alias rewriter;

using rewriter::Nexus.Rewriter;

namespace Nexus.Cli.Output;

/// <summary>Findings about a function, for people.</summary>
internal static class FindingTable
{
    public static void Print(IReadOnlyList<Finding> findings)
    {
        if (findings.Count > 0)
        {
            Terminal.Table(
                ["Finding", "Where", "What"],
                [
                    .. findings.Select(static finding =>
                        (IReadOnlyList<string>)
                            [
                                finding.DiagnosticId,
                                finding.Member is null ? finding.Assembly : $"{finding.Assembly}: {finding.Member}",
                                finding.Message,
                            ]
                    ),
                ]
            );
        }
    }
}
