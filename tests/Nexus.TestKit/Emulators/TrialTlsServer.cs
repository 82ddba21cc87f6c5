namespace Nexus.TestKit.Emulators;

/// <summary>The gRPC server of another implementation that does as it is told, over TLS.</summary>
public sealed class TrialTlsServer : IDisposable
{
    private readonly EmulatorProcess _process;

    private TrialTlsServer(EmulatorProcess process) => _process = process;

    public Uri Address => _process.Endpoint;

    /// <param name="authority">Who vouches for it.</param>
    /// <param name="host">The host name that its certificate is for.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="EmulatorException">Node.js is missing, the installation failed, or the server did not start within a minute.</exception>
    public static async Task<TrialTlsServer> StartAsync(TestAuthority authority, string host, CancellationToken cancellation = default)
    {
        var folder = await EmulatorInstallation.EnsureAsync(cancellation);
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(TimeSpan.FromMinutes(1));
        var environment = new Dictionary<string, string> { ["TRIALS_TLS"] = authority.Certify(host) };
        return new TrialTlsServer(await EmulatorProcess.StartAsync(folder, "trials", watchdog.Token, environment));
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
