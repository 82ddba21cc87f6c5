using System.Diagnostics;
using System.Text.RegularExpressions;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Servers.Tests.Worlds;

/// <summary>The programs as they are: each a process of its own, on Kestrel.</summary>
internal sealed partial class KestrelWorld : ServerWorld
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromMinutes(1);
    private readonly List<Process> _processes = [];

    public override string Name => "Kestrel";

    public static async Task<KestrelWorld> StartAsync(IReadOnlyDictionary<string, string> environment, IEnumerable<ServedApp> apps)
    {
        var world = new KestrelWorld();
        foreach (var app in apps)
        {
            var published = await PublishedFunctions.GetAsync(app.Function);
            foreach (var http2 in new[] { false, true })
            {
                world.Add(app, http2, await world.StartAsync(published, app, http2, environment));
            }
        }

        return world;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }
    }

    /// <summary>A process a protocol: Kestrel speaks one per cleartext port, and a program's own address comes first.</summary>
    private async Task<Uri> StartAsync(
        PublishedFunction function,
        ServedApp app,
        bool http2,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(function.Folder, function.Assembly + ".dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = function.Folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in app.Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Kestrel__EndpointDefaults__Protocols"] = http2 ? "Http2" : "Http1";
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            if (Listening().Match(line.Data ?? "") is { Success: true } match)
            {
                listening.TrySetResult(new Uri(match.Value));
            }
        };
        process.ErrorDataReceived += static (_, _) => { };
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"{app.Name} ended before it listened."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return await listening.Task.WaitAsync(s_watchdog);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d*")]
    private static partial Regex Listening();
}
