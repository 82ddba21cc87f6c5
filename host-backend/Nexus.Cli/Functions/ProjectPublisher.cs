using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Nexus.Cli.Output;

namespace Nexus.Cli.Functions;

/// <summary>Publishes projects by <c>dotnet publish</c> into the cache, one folder for each project.</summary>
internal sealed class ProjectPublisher(string cacheFolder)
{
    /// <summary>The folder with the published project.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0011.</exception>
    public string Publish(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..12].ToLowerInvariant();
        var output = Path.Combine(cacheFolder, "published", $"{name}-{key}");
        return Terminal.Progress(
            $"publishing {name}",
            () =>
            {
                if (Directory.Exists(output))
                {
                    // What the project no longer brings must not stay.
                    Directory.Delete(output, recursive: true);
                }

                Run(project, output);
                return output;
            }
        );
    }

    private static void Run(string project, string output)
    {
        // Build servers would outlive this process and hold its streams open.
        string[] arguments =
        [
            "publish",
            project,
            "-c",
            "Release",
            "-o",
            output,
            "-v",
            "quiet",
            "-nologo",
            "-nodeReuse:false",
            "-p:UseSharedCompilation=false",
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(project),
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            Console.Error.WriteLine((text + error.GetAwaiter().GetResult()).Trim());
            throw CliDiagnostics.PublishFailed.With($"{project}: exit code {process.ExitCode}");
        }
    }
}
