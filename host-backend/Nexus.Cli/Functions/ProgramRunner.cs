using System.Runtime.InteropServices;
using Nexus.Backend.Functions;
using Nexus.Backend.Node;
using Nexus.Cli.Output;

namespace Nexus.Cli.Functions;

/// <summary>Runs a program with a <c>Main</c> of its own to its end; its exit code becomes this process's.</summary>
internal static class ProgramRunner
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <param name="program">What to run.</param>
    /// <param name="arguments">What its <c>Main</c> gets.</param>
    /// <param name="asJson">Whether the proof is printed as JSON, on standard error: standard output is the program's.</param>
    public static async Task<int> RunAsync(FunctionDefinition program, IReadOnlyList<string> arguments, bool asJson)
    {
        var command = program.Command;
        var withArguments = program with { Command = (folder, dotnet) => [.. command(folder, dotnet), .. arguments] };
        var run = await ProgramRun.StartAsync(withArguments, CancellationToken.None);
        await using (run)
        {
            // The program is not in the terminal's process group, so it does not get the signal itself.
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(run, context));
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(run, context));
            using var output = Console.OpenStandardOutput();
            using var error = Console.OpenStandardError();
            var watch = WatchAsync(run);
            var exit = await run.WaitAsync(output, error);
            var proof = await watch with { OffloadedCalls = run.AwsCalls };
            Report(program.Name, proof, exit.ExitCode, asJson);
            if (run.Violation is { } violation)
            {
                Terminal.Note(violation);
            }

            return exit.ExitCode;
        }
    }

    private static void End(ProgramRun run, PosixSignalContext context)
    {
        context.Cancel = true;
        run.Process.Kill();
    }

    /// <summary>The most sockets that were ever seen, and the interfaces of the sandbox.</summary>
    private static async Task<RunProof> WatchAsync(ProgramRun run)
    {
        var proof = new RunProof(0, null, null, null);
        while (!run.Process.Exited.IsCompleted)
        {
            if (run.Process.GuestId is { } guest)
            {
                proof = proof with
                {
                    Sockets = Math.Max(proof.Sockets ?? 0, run.Process.CountSockets()),
                    Interfaces = proof.Interfaces ?? RunProof.ReadInterfaces(guest),
                };
            }

            await Task.WhenAny(run.Process.Exited, Task.Delay(s_look));
        }

        return proof;
    }

    private static void Report(string name, RunProof proof, int exitCode, bool asJson)
    {
        if (asJson)
        {
            Console.Error.WriteLine(Terminal.ToJsonLine(new { function = name, exitCode, proof }));
        }
        else
        {
            Terminal.Note($"{name}: {proof}; exit code {exitCode}");
        }
    }
}
