using System.CommandLine;
using Nexus.Backend.Functions;
using Nexus.Backend.Instances;
using Nexus.Backend.Node;
using Nexus.Cli.Configuration;
using Nexus.Cli.Functions;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus run</c>: one invocation of a function or one run of a program, and the proof of where its calls went.</summary>
internal static class RunCommand
{
    private static readonly string[] s_nodeKeys = ["region", "cache", "logLevel", .. MachineSettings.Keys, .. MachineSettings.SnapshotKeys];

    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "Publish folder, project file or folder with a project" };
        var file = new Option<string?>("--event")
        {
            Description = "File with the event, '-' for standard input ({} when absent)",
            HelpName = "file",
        };
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "For a program with a Main of its own: its arguments; those that begin with '-' go behind '--'",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("run", "Run a function once, or a program to its end") { path, arguments, file };
        var settings = SettingCatalogue
            .Function.Where(static setting => setting.Key != "path")
            .Concat(SettingCatalogue.Node.Where(static setting => s_nodeKeys.Contains(setting.Key)))
            .ToList();
        var switches = new SwitchSettings(command, settings);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var given = EnvironmentSettings.Read(settings.Where(static setting => setting.Key != "handler"), HostVariables.All);
                var request = new RunRequest(
                    parsed.GetRequiredValue(path),
                    parsed.GetValue(file),
                    given.With(switches.Read(parsed)),
                    parsed.GetValue(arguments) ?? [],
                    parsed.GetValue(CommandTree.Json)
                );
                return RunAsync(request, cancellation);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(RunRequest request, CancellationToken cancellation)
    {
        InlineSockets.Enable();
        var given = request.Given;
        var defaults = SettingValues.DefaultsOf(SettingCatalogue.Function).WithDefault("region", HostVariables.Region);
        var cache = given.Text("cache") is { Length: > 0 } folder ? folder : HostVariables.CacheFolder;
        var prepared = new FunctionPreparer(cache).Prepare(null, request.Path, defaults, given);
        var payload = prepared.IsExecutable ? [] : EventReader.Read(request.EventFile);
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            Functions = prepared.IsExecutable ? [] : [prepared.Definition],
            Quiet = !given.Has("logLevel"),
            LogLevel = given.Text("logLevel") is { Length: > 0 } level ? level : "warning",
            DrainSeconds = 1,
            Machines = MachineSettings.Read(given, cache),
        };
        var node = await NexusNode.StartAsync(options, cancellation);
        await using (node)
        {
            using var interrupted = new CancellationTokenSource();
            var running = prepared.IsExecutable
                ? ProgramRunner.RunAsync(node, Bounded(prepared, given), request.Arguments, request.Json, interrupted.Token)
                : InvokeAsync(node, node.Functions[prepared.Definition.Name], payload, request.Json);
            if (await Task.WhenAny(node.WaitForShutdownAsync(cancellation), running) != running)
            {
                await interrupted.CancelAsync();
                if (prepared.IsExecutable)
                {
                    // It is ended by then.
                    await running.ContinueWith(static _ => { }, TaskScheduler.Default);
                }

                return ExitCodes.Interrupted;
            }

            return await running;
        }
    }

    /// <summary>A program takes as long as it takes, unless somebody says otherwise; the default timeout is one of invocations.</summary>
    private static FunctionDefinition Bounded(PreparedRun prepared, SettingValues given) =>
        given.Has("timeout") ? prepared.Definition : prepared.Definition with { Timeout = Timeout.InfiniteTimeSpan };

    private static async Task<int> InvokeAsync(NexusNode node, FunctionPool pool, byte[] payload, bool asJson)
    {
        var started = TimeProvider.System.GetTimestamp();
        var invocation = new Invocation
        {
            RequestId = Guid.NewGuid().ToString(),
            Payload = payload,
            FunctionArn = pool.Function.Arn,
            WantsLogTail = true,
        };
        // A pool without instances starts one; it cannot be busy.
        var result = (await pool.InvokeAsync(invocation))!;
        var total = TimeProvider.System.GetElapsedTime(started);
        return new RunOutcome(pool.Function.Name, result, total, RunProof.Read(node, pool)).Print(asJson);
    }

    private sealed record RunRequest(string Path, string? EventFile, SettingValues Given, IReadOnlyList<string> Arguments, bool Json);
}
