namespace Nexus.Backend.Sockets;

/// <summary>Gives an HTTP client connections that a pump waits for.</summary>
internal static class PumpConnections
{
    private static readonly HttpRequestOptionsKey<PumpStream> s_opened = new("Nexus.Opened");

    /// <summary>
    /// While a connection is made, its work is done by the pool: TLS checks certificates then, which may take as long as a download. Once it is established, nothing there blocks any more,
    /// and the pump's threads do it themselves.
    /// </summary>
    /// <param name="handler">The client's handler, before its first request.</param>
    /// <param name="connect">Opens a connection.</param>
    public static void Use(SocketsHttpHandler handler, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<PumpStream>> connect)
    {
        handler.ConnectCallback = async (context, cancellation) =>
        {
            var stream = await connect(context, cancellation).ConfigureAwait(false);
            context.InitialRequestMessage.Options.Set(s_opened, stream);
            return stream;
        };
        handler.PlaintextStreamFilter = static (context, _) =>
        {
            if (context.InitialRequestMessage.Options.TryGetValue(s_opened, out var stream))
            {
                stream.ContinueOnPump();
            }

            return new ValueTask<Stream>(context.PlaintextStream);
        };
    }
}
