namespace Nexus.Guest.Http;

/// <summary>
/// <see cref="HttpClientHandler"/> with the connection in the backend: the settings are the base class's, and so is everything in a process without a channel.
/// Classes that derive from <see cref="HttpClientHandler"/> derive from this one in a rewritten assembly.
/// </summary>
public class ChannelClientHandler : HttpClientHandler
{
    private readonly HandlerCore? _core;

    public ChannelClientHandler()
    {
        if (GuestChannel.Current is { } channel)
        {
            _core = new HandlerCore(channel, () => HandlerSettings.Of(this), base.Send, base.SendAsync);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _core is null ? base.Send(request, cancellationToken) : _core.Send(request, cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _core is null ? base.SendAsync(request, cancellationToken) : _core.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        _core?.Close();
        base.Dispose(disposing);
    }
}
