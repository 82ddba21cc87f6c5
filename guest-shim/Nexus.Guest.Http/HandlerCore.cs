namespace Nexus.Guest.Http;

/// <summary>
/// What a stand-in does with a request: the stages above the connection, in the library's order, and the exchange through the channel at their end.
/// </summary>
/// <param name="channel">This process's channel.</param>
/// <param name="read">Reads the handler's settings; called once, at the first request.</param>
/// <param name="sendOriginal">The program's own handler, for requests it refuses by itself.</param>
/// <param name="sendOriginalAsync">The same, asynchronously.</param>
internal sealed class HandlerCore(
    GuestChannel channel,
    Func<HandlerSettings> read,
    Func<HttpRequestMessage, CancellationToken, HttpResponseMessage> sendOriginal,
    Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> sendOriginalAsync
)
{
    private readonly object _gate = new();
    private Redirects? _stages;
    private HandlerSettings? _settings;
    private bool _closed;

    public HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Volatile.Read(ref _closed) || !RequestRules.IsSendable(request, async: false))
        {
            return sendOriginal(request, cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
        return SendAsync(request, async: false, cancellation).GetAwaiter().GetResult();
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Volatile.Read(ref _closed) || !RequestRules.IsSendable(request, async: true))
        {
            return sendOriginalAsync(request, cancellation);
        }

        return cancellation.IsCancellationRequested
            ? Task.FromCanceled<HttpResponseMessage>(cancellation)
            : SendAsync(request, async: true, cancellation);
    }

    /// <summary>From now on requests are refused as by a disposed handler.</summary>
    public void Close() => Volatile.Write(ref _closed, true);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellation)
    {
        var stages = Stages();
        RequestRules.Normalize(request);
        Decompression.Announce(request, _settings!.Decompression);
        var response = await stages.SendAsync(request, async, cancellation).ConfigureAwait(false);
        Decompression.Apply(response, _settings.Decompression);
        return response;
    }

    private Redirects Stages()
    {
        if (Volatile.Read(ref _stages) is { } stages)
        {
            return stages;
        }

        lock (_gate)
        {
            if (_stages is null)
            {
                _settings = read();
                Volatile.Write(ref _stages, new Redirects(_settings, new HttpExchange(channel, _settings)));
            }

            return _stages;
        }
    }
}
