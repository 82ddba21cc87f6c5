using System.ComponentModel;
using System.Diagnostics;

namespace Nexus.TestKit.Emulators;

/// <summary>One emulator on a free loopback port; ended by its own process, and by itself when its standard input closes.</summary>
internal sealed class EmulatorProcess : IDisposable
{
    private readonly Process _process;

    private EmulatorProcess(Process process, Uri endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    public Uri Endpoint { get; }

    public int ProcessId => _process.Id;

    public static async Task<EmulatorProcess> StartAsync(
        string folder,
        string service,
        CancellationToken cancellation,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var process = Launch(folder, service, environment ?? new Dictionary<string, string>());
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            var ready = await process.StandardOutput.ReadLineAsync(cancellation);
            if (ready is null || !ready.StartsWith("READY ", StringComparison.Ordinal))
            {
                process.StandardInput.Close();
                throw new EmulatorException($"The {service} emulator did not start: {ready}{await errors}");
            }

            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new EmulatorProcess(process, new Uri(ready["READY ".Length..]));
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            process.Dispose();
            throw new EmulatorException($"The {service} emulator was not ready in time.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Process Launch(string folder, string service, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", ["start.mjs", service])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new EmulatorException("node was not found; install Node.js 20 or newer, the local AWS emulators run on it.", missing);
        }
    }
}
