using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus version</c>: of this program and of what runs it.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(parsed =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            if (parsed.GetValue(CommandTree.Json))
            {
                Terminal.Json(
                    new
                    {
                        version,
                        runtime = RuntimeInformation.FrameworkDescription,
                        system = RuntimeInformation.OSDescription,
                    }
                );
            }
            else
            {
                Console.Out.WriteLine($"nexus {version} on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
