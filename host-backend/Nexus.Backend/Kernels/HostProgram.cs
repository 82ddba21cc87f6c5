using System.Diagnostics;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Kernels;

/// <summary>Programs of the host that unpack what a distribution has packed.</summary>
internal static class HostProgram
{
    /// <summary>Runs one to its end and returns what it wrote.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0217: it failed; NEXUS0218: it is not there.</exception>
    public static byte[] Run(string program, params ReadOnlySpan<string> arguments)
    {
        var path = ProgramPath.Find(program) ?? throw SandboxDiagnostics.UnpackerMissing.With($"{program}, for {arguments[1]}");
        using var process = Process.Start(
            new ProcessStartInfo(path, arguments.ToArray()) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var said = process.StandardError.ReadToEndAsync();
        using var content = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(content);
        process.WaitForExit();
        return process.ExitCode == 0
            ? content.ToArray()
            : throw SandboxDiagnostics.KernelUnusable.With(
                $"{arguments[1]}: {program} ended with {process.ExitCode}: {said.GetAwaiter().GetResult().Trim()}"
            );
    }
}
