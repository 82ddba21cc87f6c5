using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Nexus.Channel;
using Nexus.Channel.Interop;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore.Tests;

/// <summary>A backend's end and a guest's with a program behind it, in this process, over a real channel.</summary>
internal sealed class ServedPair : IDisposable
{
    private readonly EventDoorbell _toBackend = EventDoorbell.Create();
    private readonly EventDoorbell _toGuest = EventDoorbell.Create();
    private readonly ChannelPump _backendPump = new("backend", 4, 0);
    private readonly ChannelPump _guestPump = new("guest", 4, 0);
    private readonly ChannelPeer _guest;

    public ServedPair(Func<HttpContext, Task> handler, Action<KestrelServerOptions>? configure = null, CancellationToken stopping = default)
    {
        var options = new KestrelServerOptions();
        configure?.Invoke(options);
        Application = new HandlerApplication(handler);
        var loop = new RequestLoop<HttpContext>(Application, new ServerSettings(options, NullLogger.Instance));
        var region = ChannelRegion.CreateOnHeap(ChannelOptions.Default);
        Backend = new ChannelPeer(region, ChannelRole.Backend, _toGuest, _toBackend, static call => call.Dispose());
        region.AddReference();
        _guest = new ChannelPeer(region, ChannelRole.Guest, _toBackend, _toGuest, call => _ = ServeAsync(call));
        _backendPump.Add(Backend, _toBackend);
        _guestPump.Add(_guest, _toGuest);
        _backendPump.Start();
        _guestPump.Start();

        async Task ServeAsync(ChannelCall call)
        {
            using (call)
            {
                await loop.ServeAsync(call, stopping);
            }
        }
    }

    public ChannelPeer Backend { get; }

    public ChannelPeer Guest => _guest;

    public HandlerApplication Application { get; }

    public static HttpRequestHead Head(
        string method = "GET",
        string version = "2.0",
        long length = 0,
        params (string Name, string Value)[] headers
    ) =>
        new()
        {
            Method = method,
            Scheme = "http",
            Authority = "example.test",
            Target = "/path%20one?q=1",
            Version = version,
            ContentLength = length,
            Properties = [KeyValuePair.Create("remote", "10.1.2.3:4567"), KeyValuePair.Create("connection", "C1")],
            Headers = [.. headers.Select(static header => KeyValuePair.Create(header.Name, header.Value))],
        };

    public ValueTask<ChannelCall> OpenAsync(HttpRequestHead head, bool final = true) =>
        Backend.OpenAsync(ChannelProtocol.Serve, head, TimeSpan.FromSeconds(30), final);

    /// <summary>Sends a request with a body in one frame and reads the whole answer.</summary>
    public async Task<ServedAnswer> AskAsync(HttpRequestHead head, byte[]? body = null)
    {
        using var call = await OpenAsync(head, body is null);
        if (body is not null)
        {
            await SendAsync(call, body, final: true);
        }

        return await ServedAnswer.ReadAsync(call);
    }

    public static async Task SendAsync(ChannelCall call, byte[] body, bool final)
    {
        var block = await call.RentAsync(body.Length);
        body.CopyTo(block.Memory);
        call.Send(FrameKind.Data, block, body.Length, final);
    }

    public void Dispose()
    {
        Backend.Dispose();
        _guest.Dispose();
        _backendPump.Dispose();
        _guestPump.Dispose();
        _toBackend.Dispose();
        _toGuest.Dispose();
    }
}
