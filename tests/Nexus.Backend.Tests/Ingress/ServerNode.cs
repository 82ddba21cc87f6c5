using Nexus.Backend.Functions;
using Nexus.Backend.Ingress;
using Nexus.Backend.Node;

namespace Nexus.Backend.Tests.Ingress;

/// <summary>A node in this process with one server behind two listeners.</summary>
internal sealed class ServerNode : IAsyncDisposable
{
    private ServerNode(NexusNode node)
    {
        Node = node;
        Http1 = Client(0, new Version(1, 1));
        Http2 = Client(1, new Version(2, 0));
    }

    public NexusNode Node { get; }

    public HttpClient Http1 { get; }

    public HttpClient Http2 { get; }

    /// <param name="change">Changes the server's definition.</param>
    /// <param name="more">Further routes.</param>
    /// <param name="stateFolder">Remembers instances.</param>
    public static async Task<ServerNode> StartAsync(
        Func<FunctionDefinition, FunctionDefinition>? change = null,
        IEnumerable<IngressRoute>? more = null,
        string stateFolder = ""
    )
    {
        Requirements.Check();
        var gallery = await TestNode.FunctionAsync("gallery", "Gallery", handler: "") with
        {
            Kind = FunctionKind.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            Functions = [change is null ? gallery : change(gallery)],
            Quiet = true,
            DrainSeconds = 10,
            StateFolder = stateFolder,
            Routes =
            [
                new IngressRoute
                {
                    Listen = "http://127.0.0.1:0",
                    Function = "gallery",
                    Protocols = "http1",
                },
                new IngressRoute
                {
                    Listen = "http://127.0.0.2:0",
                    Function = "gallery",
                    Protocols = "http2",
                },
                .. more ?? [],
            ],
        };
        return new ServerNode(await NexusNode.StartAsync(options, CancellationToken.None));
    }

    public Uri AddressOf(int listener) => new(Node.IngressAddresses[listener]);

    public HttpClient Client(int listener, Version version, HttpMessageHandler? handler = null) =>
        new(handler ?? new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = AddressOf(listener),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(60),
        };

    public async ValueTask DisposeAsync()
    {
        Http1.Dispose();
        Http2.Dispose();
        await Node.DisposeAsync();
    }
}
