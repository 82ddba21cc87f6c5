namespace Nexus.Differential.Servers.Tests.Worlds;

/// <summary>One way of running the programs, with an address for each program and protocol.</summary>
internal abstract class ServerWorld : IAsyncDisposable
{
    private readonly Dictionary<(string App, bool Http2), Uri> _addresses = [];

    public abstract string Name { get; }

    public Uri AddressOf(ServedApp app, bool http2) => _addresses[(app.Name, http2)];

    /// <summary>A client that takes answers as they are.</summary>
    public HttpClient ClientOf(ServedApp app, bool http2) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                Expect100ContinueTimeout = TimeSpan.FromSeconds(5),
            }
        )
        {
            BaseAddress = AddressOf(app, http2),
            DefaultRequestVersion = http2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(60),
        };

    public abstract ValueTask DisposeAsync();

    protected void Add(ServedApp app, bool http2, Uri address) => _addresses[(app.Name, http2)] = address;
}
