using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Nexus.TestKit.Functions;

/// <summary>A running <c>nexus serve</c> with its functions; ended by process id when disposed.</summary>
public sealed partial class NexusBackend : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output;

    private NexusBackend(Process process, Uri address, StringBuilder output)
    {
        _process = process;
        _output = output;
        Client = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Id of the backend's process, for accounting of CPU and memory.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Talks to the backend's ingress.</summary>
    public HttpClient Client { get; }

    /// <summary>What the backend has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The command line of the caller's own configuration (Debug or Release), or null when it has not been built.</summary>
    public static string? FindCli()
    {
        // The caller lies in <project>/bin/<configuration>/<framework>.
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        var cli = RepositoryRoot.Combine("host-backend", "Nexus.Cli", "bin", configuration, "net10.0", "nexus.dll");
        return File.Exists(cli) ? cli : null;
    }

    /// <summary>Starts the backend and waits until it says where it listens.</summary>
    /// <param name="cli">Path of <c>nexus.dll</c>.</param>
    /// <param name="configuration">The content of <c>nexus.json</c>.</param>
    /// <param name="environment">Endpoints and credentials of the backend.</param>
    /// <exception cref="FunctionException">It ended, or was not ready within five minutes.</exception>
    public static async Task<NexusBackend> StartAsync(
        string cli,
        JsonObject configuration,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellation = default
    )
    {
        var folder = Directory.CreateTempSubdirectory("nexus-serve-").FullName;
        var file = Path.Combine(folder, "nexus.json");
        await File.WriteAllTextAsync(file, configuration.ToJsonString(), cancellation);
        var start = new ProcessStartInfo("dotnet", ["exec", cli, "serve", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var output = new StringBuilder();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Collect(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }

            if (Listening().Match(line.Data ?? "") is { Success: true } match)
            {
                address.TrySetResult(new Uri(match.Value));
            }
        }

        process.OutputDataReceived += Collect;
        process.ErrorDataReceived += Collect;
        process.Exited += (_, _) => address.TrySetException(new FunctionException("The backend ended before it listened."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new NexusBackend(process, await address.Task.WaitAsync(TimeSpan.FromMinutes(5), cancellation), output);
        }
        catch (Exception failure) when (failure is FunctionException or TimeoutException)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            lock (output)
            {
                throw new FunctionException($"The backend did not start: {failure.Message} {output}", failure);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d*")]
    private static partial Regex Listening();
}
