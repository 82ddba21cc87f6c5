using System.Runtime.InteropServices;
using Nexus.Backend.Interop;

namespace Nexus.Backend.Sandbox;

/// <summary>The monitor's program where it runs no machine: it knows kernels and snapshots, and this assembly knows neither.</summary>
internal static class MonitorProgram
{
    public const string Name = "nexus-vmm";

    /// <summary>A package forgets who may execute its files, and a monitor in its jail is nobody.</summary>
    /// <exception cref="Diagnostics.NexusException">NEXUS0211: it is not there, or not this user's to change.</exception>
    public static void AllowExecution(string programs)
    {
        const UnixFileMode needed =
            UnixFileMode.UserExecute
            | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherExecute;
        var path = Path.Combine(programs, Name);
        try
        {
            var file = new FileInfo(path);
            if (!OperatingSystem.IsWindows() && (file.UnixFileMode & needed) != needed)
            {
                file.UnixFileMode |= needed;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SandboxDiagnostics.MachineProgramsMissing.With(failure.Message, failure);
        }
    }

    /// <summary>Runs it to its end and returns what it printed.</summary>
    /// <param name="programs">Its folder.</param>
    /// <param name="words">Its arguments.</param>
    /// <param name="descriptors">What they name, by number.</param>
    /// <exception cref="MonitorException">It refused.</exception>
    /// <exception cref="Diagnostics.NexusException">NEXUS0211: it is not there.</exception>
    public static async Task<string> RunAsync(
        string programs,
        IReadOnlyList<string> words,
        IReadOnlyDictionary<int, SafeHandle>? descriptors = null
    )
    {
        var path = Path.Combine(programs, Name);
        if (!File.Exists(path))
        {
            throw SandboxDiagnostics.MachineProgramsMissing.With(path);
        }

        AllowExecution(programs);
        using var process = ProcessSpawner.Start(
            new SpawnRequest(path, [Name, .. words], [])
            {
                CaptureOutput = true,
                Descriptors = descriptors ?? new Dictionary<int, SafeHandle>(),
            }
        );
        using var output = new StreamReader(process.Output, leaveOpen: true);
        using var error = new StreamReader(process.Error, leaveOpen: true);
        var said = error.ReadToEndAsync();
        var text = await output.ReadToEndAsync().ConfigureAwait(false);
        var status = await process.Exited.ConfigureAwait(false);
        var message = (await said.ConfigureAwait(false)).Trim();
        return status.Code == 0
            ? text
            : throw new MonitorException(
                message.StartsWith("error: ", StringComparison.Ordinal)
                    ? message["error: ".Length..]
                    : $"{Name} ended with {status.Code}: {message}"
            );
    }
}
