using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Nexus.Cli;
using Nexus.Cli.Commands;
using Nexus.Cli.Output;

if (args.Length == 0)
{
    args = ["--help"];
}

var parsed = CommandTree.Create().Parse(args);
var json = args.Contains("--json");
if (parsed.Action is ParseErrorAction || FindStraySwitch(parsed) is not null)
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
    var problem = FindStraySwitch(parsed) ?? string.Join(" ", parsed.Errors.Select(static error => error.Message));
    if (json)
    {
        Failure.From(CliDiagnostics.Usage.With(problem)).Print(asJson: true);
        return ExitCodes.Usage;
    }

    if (FindStraySwitch(parsed) is not null)
    {
        Terminal.Note(problem);
    }
    else
    {
        // Names the nearest command, too.
        parsed.InvocationConfiguration.Output = Console.Error;
        new ParseErrorAction { ShowHelp = false }.Invoke(parsed);
    }

    Terminal.Note($"{CliDiagnostics.Usage.Id}: see nexus {string.Join(' ', CommandPath(parsed))}--help");
    return ExitCodes.Usage;
}

// A mistyped switch would be taken for a file's name.
static string? FindStraySwitch(ParseResult parsed)
{
    var stray = parsed
        .Tokens.TakeWhile(static token => token.Type is not TokenType.DoubleDash)
        .FirstOrDefault(static token => token.Type is TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal));
    var known = parsed.CommandResult.Command.Options.Append(CommandTree.Json).Select(static option => option.Name);
    return stray is null ? null : $"'{stray.Value}' is not a switch; the nearest is '{NearestText.To(stray.Value, known)}'.";
}

static IEnumerable<string> CommandPath(ParseResult parsed) =>
    parsed.CommandResult.Command is RootCommand ? [] : [parsed.CommandResult.Command.Name, ""];
