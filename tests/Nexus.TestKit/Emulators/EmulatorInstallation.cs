using System.ComponentModel;
using System.Diagnostics;

namespace Nexus.TestKit.Emulators;

/// <summary>Installs the pinned emulators of <c>eng/emulators</c> once per lock file.</summary>
internal static class EmulatorInstallation
{
    private const string Marker = "node_modules/.nexus-installed";

    /// <summary>The folder that holds <c>start.mjs</c> and the installed packages.</summary>
    public static async Task<string> EnsureAsync(CancellationToken cancellation)
    {
        var folder = RepositoryRoot.Combine("eng", "emulators");
        var marker = Path.Combine(folder, Marker);
        var wanted = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"), cancellation);

        // Several test processes may start at once; the first installs, the others wait for the lock and find it done.
        await using var turn = await FileTurn.TakeAsync(RepositoryRoot.Combine("artifacts", "emulators.lock"), cancellation);
        if (File.Exists(marker) && await File.ReadAllTextAsync(marker, cancellation) == wanted)
        {
            return folder;
        }

        await RunNpmAsync(folder, cancellation);
        await File.WriteAllTextAsync(marker, wanted, cancellation);
        return folder;
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("npm", ["ci", "--no-progress"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var npm = Process.Start(start)!;
            var output = npm.StandardOutput.ReadToEndAsync(cancellation);
            var errors = npm.StandardError.ReadToEndAsync(cancellation);
            await npm.WaitForExitAsync(cancellation);
            if (npm.ExitCode != 0)
            {
                throw new EmulatorException($"`npm ci` in {folder} ended with {npm.ExitCode}: {await errors}{await output}");
            }
        }
        catch (Win32Exception missing)
        {
            throw new EmulatorException("npm was not found; install Node.js 20 or newer, the local AWS emulators run on it.", missing);
        }
    }
}
