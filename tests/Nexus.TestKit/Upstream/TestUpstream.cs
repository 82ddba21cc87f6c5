using System.ComponentModel;
using System.Diagnostics;

namespace Nexus.TestKit.Upstream;

/// <summary>
/// An HTTP service of another make than .NET's (<c>eng/upstream/upstream.mjs</c>, Node.js) on loopback: ordinary answers over HTTP/1.1 and HTTP/2, and broken ones. Ended by its own
/// process, and by itself when its standard input closes.
/// </summary>
public sealed class TestUpstream : IDisposable
{
    private readonly Process _process;

    private TestUpstream(Process process, string[] addresses)
    {
        _process = process;
        (Http, Http2, Raw) = (new Uri(addresses[0]), new Uri(addresses[1]), new Uri(addresses[2]));
    }

    /// <summary>HTTP/1.1.</summary>
    public Uri Http { get; }

    /// <summary>HTTP/2 without TLS, by prior knowledge.</summary>
    public Uri Http2 { get; }

    /// <summary>Answers that no server library would give.</summary>
    public Uri Raw { get; }

    /// <summary>The addresses, as the test functions look for them.</summary>
    public IReadOnlyDictionary<string, string> Variables =>
        new Dictionary<string, string>
        {
            ["UPSTREAM_HTTP"] = Http.GetLeftPart(UriPartial.Authority),
            ["UPSTREAM_H2"] = Http2.GetLeftPart(UriPartial.Authority),
            ["UPSTREAM_RAW"] = Raw.GetLeftPart(UriPartial.Authority),
        };

    /// <exception cref="InvalidOperationException">Node.js is missing, or the service did not start within half a minute.</exception>
    public static async Task<TestUpstream> StartAsync(CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo("node", [RepositoryRoot.Combine("eng", "upstream", "upstream.mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("node was not found; install Node.js 20 or newer, the test service runs on it.", missing);
        }

        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(TimeSpan.FromSeconds(30));
        var ready = await process.StandardOutput.ReadLineAsync(watchdog.Token);
        if (ready?.Split(' ') is ["READY", .. { Length: 3 } addresses])
        {
            return new TestUpstream(process, addresses);
        }

        process.Kill();
        throw new InvalidOperationException($"The test service did not start: {ready}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
