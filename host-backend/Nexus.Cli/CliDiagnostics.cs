using Nexus.Diagnostics;

namespace Nexus.Cli;

/// <summary>Known failures of the command line and its configuration, NEXUS0001 to NEXUS0099.</summary>
public static class CliDiagnostics
{
    private const string Keys = "docs/configuration.md and the command's --help list the keys.";

    public static readonly Diagnostic UnknownKey = new(
        "NEXUS0001",
        "The configuration has a key that does not exist",
        "A mistyped key would otherwise be ignored silently and leave a default in force.",
        "Correct or remove the key. " + Keys
    );

    public static readonly Diagnostic BadValue = new(
        "NEXUS0002",
        "A setting has a value of the wrong type or outside its range",
        "The value stands in the configuration file, in an environment variable NEXUS_... or on the command line; the message says where.",
        "Give a value that the message allows. " + Keys
    );

    public static readonly Diagnostic FileNotReadable = new(
        "NEXUS0003",
        "The configuration file cannot be read",
        "It does not exist, or this user may not read it.",
        "Name the file: nexus serve path/to/nexus.json."
    );

    public static readonly Diagnostic NotJson = new(
        "NEXUS0004",
        "The configuration file is not the JSON it should be",
        "It is one JSON object; comments and trailing commas are allowed.",
        "Correct the file at the position that the message names."
    );

    public static readonly Diagnostic RepeatedKey = new(
        "NEXUS0005",
        "The configuration has a key twice",
        "Only one of the two could be in force, and nobody would see which.",
        "Remove one of them."
    );

    public static readonly Diagnostic BadFunctionName = new(
        "NEXUS0006",
        "A function's name is not usable",
        "Names are those of Lambda: 1 to 64 letters, digits, '-' and '_'.",
        "Rename the function in the configuration."
    );

    public static readonly Diagnostic NoFunctions = new(
        "NEXUS0007",
        "The configuration names no function",
        "A node without functions has nothing to serve.",
        "Add at least one: \"functions\": { \"orders\": { \"path\": \"publish\" } }."
    );

    public static readonly Diagnostic PathMissing = new(
        "NEXUS0008",
        "A function has no path",
        "The key \"path\" says where the published function or its project is.",
        "Add \"path\" to the function."
    );

    public static readonly Diagnostic HandlerMissing = new(
        "NEXUS0009",
        "The function is a class library and no handler is named",
        "Which method to call stands in --handler, in the key \"handler\" or in aws-lambda-tools-defaults.json.",
        "Name it in the form Assembly::Namespace.Type::Method."
    );

    public static readonly Diagnostic AmbiguousProject = new(
        "NEXUS0010",
        "The folder holds several projects",
        "A folder with one project file is published before it is run; with several it is not known which is meant.",
        "Name the project file itself."
    );

    public static readonly Diagnostic PublishFailed = new(
        "NEXUS0011",
        "The project could not be published",
        "`dotnet publish` failed; its messages are above.",
        "Make `dotnet publish` succeed, or name a folder that is published already."
    );

    public static readonly Diagnostic EventNotReadable = new(
        "NEXUS0012",
        "The event cannot be used",
        "The file does not exist or is not readable, is not JSON, or is larger than 6 MB.",
        "Name a file with one JSON value, or '-' for the standard input."
    );

    public static readonly Diagnostic NodeUnreachable = new(
        "NEXUS0013",
        "No node answers at this address",
        "`nexus invoke` calls a node that `nexus serve` started; none listens there, or the connection broke.",
        "Start one, or name its address with --endpoint; `nexus serve` prints it."
    );

    public static readonly Diagnostic InvokeRefused = new(
        "NEXUS0014",
        "The node refused the invocation",
        "The Invoke API answered with an error of its own; the function did not run.",
        "The message holds the API's reason; the node's log may have more."
    );

    public static readonly Diagnostic UnknownId = new(
        "NEXUS0015",
        "There is no diagnostic with this id",
        "Ids have the form NEXUS0001.",
        "`nexus explain` without an id lists all."
    );

    public static readonly Diagnostic Usage = new(
        "NEXUS0016",
        "The command line is not understood",
        "A command or switch does not exist, or something is missing.",
        "`nexus --help` and `nexus COMMAND --help` say what there is."
    );

    public static readonly Diagnostic PlaceNotUsable = new(
        "NEXUS0018",
        "A file or folder of the command cannot be used",
        "It does not exist, is on a full disk, or this user may not read or write it.",
        "Correct the path or its permissions; --cache names another folder for prepared functions."
    );

    public static readonly Diagnostic ProgramTimedOut = new(
        "NEXUS0019",
        "The program was ended because its time was over",
        "A program runs for as long as it takes, unless --timeout or NEXUS_TIMEOUT bounds it.",
        "Give it more time, or no --timeout."
    );

    public static readonly Diagnostic Unexpected = new(
        "NEXUS0099",
        "Something failed that should not have",
        "This is a defect of Nexus: every failure that can be foreseen has an id of its own.",
        "Report the command and this message."
    );

    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        UnknownKey,
        BadValue,
        FileNotReadable,
        NotJson,
        RepeatedKey,
        BadFunctionName,
        NoFunctions,
        PathMissing,
        HandlerMissing,
        AmbiguousProject,
        PublishFailed,
        EventNotReadable,
        NodeUnreachable,
        InvokeRefused,
        UnknownId,
        Usage,
        PlaceNotUsable,
        ProgramTimedOut,
        Unexpected,
    ];
}
