using System.CommandLine;
using System.CommandLine.Invocation;
using Nexus.Cli;
using Nexus.Cli.Commands;
using Nexus.Cli.Output;

if (args.Length == 0)
{
    args = ["--help"];
}

var parsed = CommandTree.Create().Parse(args);
var json = args.Contains("--json");
if (parsed.Action is ParseErrorAction)
{
    return ReportUsage(parsed, json);
}

try
{
    // Signals are the node's: it ends when everything running has ended.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    return await parsed.InvokeAsync(configuration);
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
#pragma warning disable CA1031 // The one place where failures become messages.
catch (Exception failure)
#pragma warning restore CA1031
{
    Failure.From(failure).Print(json);
    return ExitCodes.Failed;
}

static int ReportUsage(ParseResult parsed, bool json)
{
    var problems = string.Join(" ", parsed.Errors.Select(static error => error.Message));
    if (json)
    {
        Failure.From(CliDiagnostics.Usage.With(problems)).Print(asJson: true);
    }
    else
    {
        // Names the nearest command or switch, too.
        parsed.InvocationConfiguration.Output = Console.Error;
        new ParseErrorAction { ShowHelp = false }.Invoke(parsed);
        Terminal.Note($"{CliDiagnostics.Usage.Id}: see nexus {string.Join(' ', CommandPath(parsed))}--help");
    }

    return ExitCodes.Usage;
}

static IEnumerable<string> CommandPath(ParseResult parsed) =>
    parsed.CommandResult.Command is RootCommand ? [] : [parsed.CommandResult.Command.Name, ""];
