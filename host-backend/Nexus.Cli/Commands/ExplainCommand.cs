using System.CommandLine;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus explain</c>: what an id means and what to do; without an id, all of them.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("id") { Description = "NEXUS0001 and the like; all when absent", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("explain", "Say what an error's id means and what to do") { id };
        command.SetAction(parsed =>
        {
            var json = parsed.GetValue(CommandTree.Json);
            if (parsed.GetValue(id) is { } wanted)
            {
                Explain(wanted, json);
            }
            else
            {
                List(json);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Explain(string id, bool json)
    {
        var diagnostic = DiagnosticCatalogue.Find(id);
        if (json)
        {
            Terminal.Json(diagnostic);
            return;
        }

        Console.Out.WriteLine($"{diagnostic.Id}: {diagnostic.Title}.");
        Console.Out.WriteLine();
        Console.Out.WriteLine($"Cause:     {diagnostic.Cause}");
        Console.Out.WriteLine($"Next step: {diagnostic.NextStep}");
    }

    private static void List(bool json)
    {
        if (json)
        {
            Terminal.Json(DiagnosticCatalogue.All);
            return;
        }

        Terminal.Table(["Id", "Title"], [.. DiagnosticCatalogue.All.Select(static one => (IReadOnlyList<string>)[one.Id, one.Title])]);
    }
}
