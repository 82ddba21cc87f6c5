namespace Nexus.TestKit.Emulators;

/// <summary>gRPC servers of another implementation on loopback: one that does as it is told, one that breaks the protocol, one that does not speak it.</summary>
public sealed class TrialServers : IAsyncDisposable
{
    private readonly EmulatorProcess[] _processes;

    private TrialServers(EmulatorProcess[] processes) => _processes = processes;

    /// <summary>Answers as the request says.</summary>
    public Uri Trials => _processes[0].Endpoint;

    /// <summary>Breaks the protocol in the way that the method's name says.</summary>
    public Uri Misbehaving => _processes[1].Endpoint;

    /// <summary>Answers every connection with something that is not HTTP/2.</summary>
    public Uri Garbage => _processes[2].Endpoint;

    /// <summary>Installs what is needed if that has not been done, starts the servers and waits until they listen.</summary>
    /// <exception cref="EmulatorException">Node.js is missing, the installation failed, or a server did not start within a minute.</exception>
    public static async Task<TrialServers> StartAsync(CancellationToken cancellation = default)
    {
        var folder = await EmulatorInstallation.EnsureAsync(cancellation);
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(TimeSpan.FromMinutes(1));
        var starting = new[] { "trials", "misbehaving", "garbage" }
            .Select(service => EmulatorProcess.StartAsync(folder, service, watchdog.Token))
            .ToArray();
        return new TrialServers(await Task.WhenAll(starting));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
