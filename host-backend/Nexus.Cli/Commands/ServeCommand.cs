using System.CommandLine;
using Nexus.Backend.Functions;
using Nexus.Backend.Ingress;
using Nexus.Backend.Node;
using Nexus.Cli.Configuration;
using Nexus.Cli.Functions;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus serve</c>: many functions behind the Lambda Invoke API until a signal comes.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The configuration", DefaultValueFactory = static _ => "nexus.json" };
        var command = new Command("serve", "Keep functions running behind the Lambda Invoke API") { file };
        var switches = new SwitchSettings(
            command,
            SettingCatalogue.Node.Concat(SettingCatalogue.Function.Where(static s => !s.PerFunctionOnly))
        );
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(parsed.GetRequiredValue(file), switches.Read(parsed), parsed.GetValue(CommandTree.Json), cancellation)
        );
        return command;
    }

    private static async Task<int> RunAsync(string path, SettingValues switches, bool json, CancellationToken cancellation)
    {
        InlineSockets.Enable();
        var configuration = new ServeConfiguration(ConfigurationFile.Read(path), switches, HostVariables.All);
        foreach (var warning in EnvironmentSettings.Suspicious(HostVariables.All))
        {
            Terminal.Note(warning);
        }

        var options = configuration.Node with { Functions = Prepare(configuration) };
        var node = await NexusNode.StartAsync(options, cancellation);
        await using (node)
        {
            var address = node.Address.ToString().TrimEnd('/');
            if (json)
            {
                Console.Out.WriteLine(
                    Terminal.ToJsonLine(
                        new
                        {
                            listening = address,
                            functions = node.Functions.Keys.Concat(node.Servers.Keys).Order(StringComparer.Ordinal),
                            routes = node.IngressAddresses,
                        }
                    )
                );
            }
            else
            {
                Console.Out.WriteLine($"listening on {address}");
                foreach (var route in node.IngressAddresses)
                {
                    Console.Out.WriteLine($"routes at {route}");
                }
            }

            await node.WaitForShutdownAsync(cancellation);
        }

        return ExitCodes.Ok;
    }

    private static FunctionDefinition[] Prepare(ServeConfiguration configuration)
    {
        var preparer = new FunctionPreparer(configuration.CacheFolder);
        var functions = new List<FunctionDefinition>();
        foreach (var (name, given) in configuration.Functions)
        {
            var prepared = preparer.Prepare(name, given.Text("path"), configuration.FunctionDefaults, given);
            functions.Add(Served(prepared));
        }

        return [.. functions];

        FunctionDefinition Served(PreparedRun prepared)
        {
            var function = prepared.Definition;
            if (function.Kind is FunctionKind.Server)
            {
                return configuration.Routes.Any(route => route.Function == function.Name)
                    ? function
                    : throw IngressDiagnostics.ServerWithoutRoute.With(function.Name);
            }

            return function;
        }
    }
}
