using Nexus.Backend.Functions;
using Nexus.Backend.Instances;
using Nexus.Backend.Node;
using Nexus.Backend.Sandbox;
using Nexus.Cli.Output;

namespace Nexus.Cli.Functions;

/// <summary>Runs a program with a <c>Main</c> of its own to its end; its exit code becomes this process's.</summary>
internal static class ProgramRunner
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <param name="node">Executes its calls.</param>
    /// <param name="program">What to run.</param>
    /// <param name="arguments">What its <c>Main</c> gets.</param>
    /// <param name="asJson">Whether the proof is printed as JSON, on standard error: standard output is the program's.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0019, or the sandbox cannot be had here.</exception>
    public static async Task<int> RunAsync(
        NexusNode node,
        FunctionDefinition program,
        IReadOnlyList<string> arguments,
        bool asJson,
        CancellationToken cancellation
    )
    {
        var command = program.Command;
        var withArguments = program with { Command = (folder, dotnet) => [.. command(folder, dotnet), .. arguments] };
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        var watch = Task.FromResult(new RunProof(0, null, null, null));
        try
        {
            var exit = await ProgramRun.RunAsync(
                withArguments,
                node.Services,
                output,
                error,
                process => watch = WatchAsync(process),
                cancellation
            );
            Report(program.Name, await watch with { OffloadedCalls = node.Metrics.TotalAwsCalls }, exit.ExitCode, asJson);
            return exit.ExitCode;
        }
        catch (TimeoutException)
        {
            throw CliDiagnostics.ProgramTimedOut.With($"{program.Name}: {program.Timeout.TotalSeconds} s");
        }
    }

    /// <summary>The most sockets that were ever seen, and the interfaces of the sandbox.</summary>
    private static async Task<RunProof> WatchAsync(SandboxProcess process)
    {
        var proof = new RunProof(0, null, null, null);
        while (!process.Exited.IsCompleted)
        {
            if (process.GuestId is { } guest)
            {
                proof = proof with
                {
                    Sockets = Math.Max(proof.Sockets ?? 0, process.CountSockets()),
                    Interfaces = proof.Interfaces ?? RunProof.ReadInterfaces(guest),
                };
            }

            await Task.WhenAny(process.Exited, Task.Delay(s_look));
        }

        return proof;
    }

    private static void Report(string name, RunProof proof, int exitCode, bool asJson)
    {
        if (asJson)
        {
            Console.Error.WriteLine(
                Terminal.ToJsonLine(
                    new
                    {
                        function = name,
                        exitCode,
                        proof,
                    }
                )
            );
        }
        else
        {
            Terminal.Note($"{name}: {proof}; exit code {exitCode}");
        }
    }
}
