namespace Nexus.Guest.Http;

/// <summary>What classes that derive from <see cref="HttpClient"/> derive from in a rewritten assembly. Its constructors are the base class's.</summary>
public class ChannelHttpClient : HttpClient
{
    public ChannelHttpClient()
        : base(HttpInterception.NewHandler()) { }

    public ChannelHttpClient(HttpMessageHandler handler)
        : base(HttpInterception.Attach(handler)) { }

    public ChannelHttpClient(HttpMessageHandler handler, bool disposeHandler)
        : base(HttpInterception.Attach(handler), disposeHandler) { }
}
