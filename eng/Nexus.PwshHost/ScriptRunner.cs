using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Nexus.PwshHost;

/// <summary>
/// Runs one PowerShell script to its end on the engine alone, for machines without <c>pwsh</c>. Only the engine's own cmdlets
/// exist there (ForEach-Object, Where-Object, ...), so scripts meant for it call .NET for everything else.
/// </summary>
internal static class ScriptRunner
{
    /// <summary>Runs the script and streams its output and errors as they come.</summary>
    /// <param name="script">Absolute path of the script.</param>
    /// <param name="arguments">Its arguments; <c>-Name value</c> and <c>-Switch</c> bind by name, all others by position.</param>
    /// <returns>The script's exit code; 1 if it ended with an error.</returns>
    public static int Run(string script, IReadOnlyList<string> arguments)
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        using var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddCommand(script, useLocalScope: false);
        Bind(shell, arguments);
        // Ctrl+C reaches the whole foreground process group; stopping the pipeline lets the script's finally blocks run first.
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            shell.BeginStop(null, null);
        };
        return Invoke(shell, runspace);
    }

    private static int Invoke(PowerShell shell, Runspace runspace)
    {
        shell.Streams.Error.DataAdded += (_, e) => Console.Error.WriteLine(shell.Streams.Error[e.Index]);
        shell.Streams.Warning.DataAdded += (_, e) => Console.Error.WriteLine(shell.Streams.Warning[e.Index]);
        using var output = new PSDataCollection<PSObject>();
        output.DataAdded += (_, e) => Console.Out.WriteLine(output[e.Index]);
        try
        {
            shell.Invoke(null, output);
        }
        catch (PipelineStoppedException)
        {
            return 130;
        }
        catch (RuntimeException error)
        {
            Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine(error.ErrorRecord.InvocationInfo?.PositionMessage);
            return 1;
        }

        return runspace.SessionStateProxy.GetVariable("LASTEXITCODE") is int code ? code : 0;
    }

    private static void Bind(PowerShell shell, IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!IsName(arguments[i]))
            {
                shell.AddArgument(arguments[i]);
            }
            else if (i + 1 < arguments.Count && !IsName(arguments[i + 1]))
            {
                shell.AddParameter(arguments[i][1..], arguments[++i]);
            }
            else
            {
                shell.AddParameter(arguments[i][1..]);
            }
        }
    }

    private static bool IsName(string argument) => argument.Length > 1 && argument[0] == '-' && char.IsAsciiLetter(argument[1]);
}
