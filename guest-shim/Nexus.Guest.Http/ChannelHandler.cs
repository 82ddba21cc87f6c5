namespace Nexus.Guest.Http;

/// <summary>Stands in for a handler that makes connections, which it keeps for its settings.</summary>
internal sealed class ChannelHandler : HttpMessageHandler, IStandInHandler
{
    private readonly HandlerCore _core;

    private ChannelHandler(GuestChannel channel, HttpMessageHandler original, Func<HandlerSettings> settings)
    {
        Original = original;
        var invoker = new HttpMessageInvoker(original, disposeHandler: false);
        _core = new HandlerCore(channel, settings, invoker.Send, invoker.SendAsync);
    }

    public HttpMessageHandler Original { get; }

    /// <summary>The stand-in for a handler; null for one that makes no connections of its own, or is a stand-in itself.</summary>
    public static ChannelHandler? For(GuestChannel channel, HttpMessageHandler original) =>
        original switch
        {
            SocketsHttpHandler sockets => new ChannelHandler(channel, sockets, () => HandlerSettings.Of(sockets)),
            ChannelClientHandler => null,
            // Made where no rule reaches. Not a class of the program's own: its overrides must run.
            HttpClientHandler client when client.GetType() == typeof(HttpClientHandler) => new ChannelHandler(
                channel,
                client,
                () => HandlerSettings.Of(client)
            ),
            _ => null,
        };

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _core.Send(request, cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _core.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _core.Close();
            Original.Dispose();
        }

        base.Dispose(disposing);
    }
}
