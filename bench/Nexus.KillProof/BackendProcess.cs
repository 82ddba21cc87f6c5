using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Nexus.KillProof;

/// <summary>One life of the backend.</summary>
internal sealed class BackendProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private BackendProcess(Process process, Uri address, Task<string> errors)
    {
        _process = process;
        Errors = errors;
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
    }

    public int Id => _process.Id;

    /// <summary>What it wrote to standard error, once it has ended.</summary>
    public Task<string> Errors { get; }

    /// <summary>Starts the process; it does not serve yet.</summary>
    public static BackendProcess Launch(string settingsFile, Uri address, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(BackendProcess).Assembly.Location, "node", settingsFile])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        return new BackendProcess(process, address, process.StandardError.ReadToEndAsync());
    }

    /// <summary>Waits until it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not serve within a minute.</exception>
    public async Task WaitUntilReadyAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        if (line != NodeProgram.Ready)
        {
            throw new InvalidOperationException($"The backend did not start: {line} {await Errors}");
        }
    }

    /// <summary>Process ids of the guests it has, as this host numbers them; those that are only starting may lack.</summary>
    public async Task<IReadOnlyList<int>> GuestsAsync()
    {
        using var status = JsonDocument.Parse(await _client.GetByteArrayAsync("/nexus/functions"));
        return
        [
            .. status
                .RootElement.GetProperty("functions")[0]
                .GetProperty("instances")
                .EnumerateArray()
                .Select(static instance => instance.GetProperty("process"))
                .Where(static id => id.ValueKind == JsonValueKind.Number)
                .Select(static id => id.GetInt32()),
        ];
    }

    /// <summary>Ends it as a crash would, by SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, by SIGTERM, and waits.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _client.Dispose();
        _process.Dispose();
    }
}
