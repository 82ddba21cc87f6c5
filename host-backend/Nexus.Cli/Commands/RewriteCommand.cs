extern alias rewriter;

using System.CommandLine;
using Nexus.Cli.Functions;
using Nexus.Cli.Output;
using rewriter::Nexus.Rewriter;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus rewrite</c>: writes the changed copy of a published function into a folder.</summary>
internal static class RewriteCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("folder") { Description = "The published function; only read" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "A folder that is empty or does not exist",
            HelpName = "folder",
            Required = true,
        };
        var command = new Command("rewrite", "Write the changed copy of a published function into a folder") { input, output };
        command.SetAction(parsed =>
        {
            var prepared = new FolderRewriter(RuleSet.Default, FunctionPreparer.GuestFolder).Rewrite(
                parsed.GetRequiredValue(input),
                parsed.GetRequiredValue(output)
            );
            if (parsed.GetValue(CommandTree.Json))
            {
                Terminal.Json(prepared);
            }
            else
            {
                Print(prepared);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(PreparedFunction prepared)
    {
        if (prepared.AppliedRules.Count > 0)
        {
            Terminal.Table(
                ["Rule", "Assembly", "Method"],
                [.. prepared.AppliedRules.Select(static rule => (IReadOnlyList<string>)[rule.RuleId, rule.Assembly, rule.Member])]
            );
        }

        FindingTable.Print(prepared.Findings);
        Console.Out.WriteLine($"{prepared.AppName}: {prepared.AppliedRules.Count} places changed, in {prepared.Folder}");
    }
}
