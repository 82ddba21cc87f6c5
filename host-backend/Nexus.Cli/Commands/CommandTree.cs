using System.CommandLine;

namespace Nexus.Cli.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    /// <summary>On every command: output for programs.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON", Recursive = true };

    public static RootCommand Create() =>
        new("Runs .NET functions with their cloud calls taken out of the sandbox.")
        {
            Json,
            RunCommand.Create(),
            ServeCommand.Create(),
            InvokeCommand.Create(),
            RewriteCommand.Create(),
            CheckCommand.Create(),
            ImageCommand.Create(),
            MachineCommand.Create(),
            DoctorCommand.Create(),
            ExplainCommand.Create(),
            VersionCommand.Create(),
        };
}
