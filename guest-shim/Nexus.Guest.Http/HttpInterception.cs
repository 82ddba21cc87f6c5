namespace Nexus.Guest.Http;

/// <summary>The entry points that the rewriting rules call. Without a channel each does exactly what it stands for.</summary>
public static class HttpInterception
{
    /// <summary>In place of <c>new HttpClient()</c>.</summary>
    public static HttpClient NewClient() => GuestChannel.Current is null ? new HttpClient() : new HttpClient(new ChannelClientHandler());

    /// <summary>In place of <c>new HttpClient(handler)</c>.</summary>
    public static HttpClient NewClient(HttpMessageHandler handler) => new(Attach(handler));

    /// <summary>In place of <c>new HttpClient(handler, disposeHandler)</c>.</summary>
    public static HttpClient NewClient(HttpMessageHandler handler, bool disposeHandler) => new(Attach(handler), disposeHandler);

    /// <summary>In place of <c>new HttpMessageInvoker(handler)</c>.</summary>
    public static HttpMessageInvoker NewInvoker(HttpMessageHandler handler) => new(Attach(handler));

    /// <summary>In place of <c>new HttpMessageInvoker(handler, disposeHandler)</c>.</summary>
    public static HttpMessageInvoker NewInvoker(HttpMessageHandler handler, bool disposeHandler) => new(Attach(handler), disposeHandler);

    /// <summary>In place of <c>new HttpClientHandler()</c>.</summary>
    public static HttpClientHandler NewHandler() => GuestChannel.Current is null ? new HttpClientHandler() : new ChannelClientHandler();

    /// <summary>The handler to send through instead of <paramref name="handler"/>, or it itself.</summary>
    internal static HttpMessageHandler Attach(HttpMessageHandler handler) =>
        GuestChannel.Current is not { } channel ? handler
        : handler is DelegatingHandler or SocketsHttpHandler or HttpClientHandler and not ChannelClientHandler
            ? new ChainHandler(channel, handler)
        : handler;
}
