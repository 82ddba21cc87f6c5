extern alias rewriter;

using System.CommandLine;
using Nexus.Cli.Output;
using rewriter::Nexus.Rewriter;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus check</c>: what would be taken over of a function and what not.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The published function; only read" };
        var command = new Command("check", "Say what of a published function would be taken over, and what not") { folder };
        command.SetAction(parsed =>
        {
            var report = new CoverageChecker(RuleSet.Default).Check(parsed.GetRequiredValue(folder));
            if (parsed.GetValue(CommandTree.Json))
            {
                Terminal.Json(report);
            }
            else
            {
                Print(report);
            }

            return report.IsComplete ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    private static void Print(CoverageReport report)
    {
        if (report.Libraries.Count > 0)
        {
            Terminal.Table(
                ["Library", "Version", "Status", "Why"],
                [.. report.Libraries.Select(static one => (IReadOnlyList<string>)[one.Assembly, one.Version, Word(one.Status), one.Why])]
            );
        }

        FindingTable.Print(report.Findings);
        var verdict =
            report.IsComplete ? "everything that uses the network is taken over"
            : report.Rules.Count == 0 ? "nothing is taken over"
            : "some of it is not taken over";
        Console.Out.WriteLine($"{report.AppName} ({report.Form}): {report.Rules.Count} places to change; {verdict}");
    }

    private static string Word(CoverageStatus status) =>
        status switch
        {
            CoverageStatus.Covered => "covered",
            CoverageStatus.UnsupportedVersion => "version not supported",
            _ => "not covered",
        };
}
