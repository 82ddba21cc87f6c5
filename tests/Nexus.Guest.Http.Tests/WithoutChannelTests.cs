using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Nexus.Guest.Http.Factory;

namespace Nexus.Guest.Http.Tests;

/// <summary>In a process that no backend started, rewritten code runs exactly as before.</summary>
[TestClass]
public sealed class WithoutChannelTests
{
    [TestMethod]
    public void NewHandler_WithoutChannel_IsTheLibrarysOwn() =>
        Assert.AreEqual(typeof(HttpClientHandler), HttpInterception.NewHandler().GetType());

    [TestMethod]
    public void Attach_WithoutChannel_GivesTheHandlerBack()
    {
        using var handler = new SocketsHttpHandler();
        Assert.AreSame(handler, HttpInterception.Attach(handler));
    }

    [TestMethod]
    public void FactoryAttach_WithoutChannel_AddsNothing()
    {
        var services = new ServiceCollection();
        var count = services.AddHttpClient("a").Services.Count;
        Assert.AreSame(services, FactoryInterception.Attach(services));
        Assert.HasCount(count, services);
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public async Task Client_WithoutChannel_UsesASocket(int way)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener);
        using var client = way switch
        {
            0 => HttpInterception.NewClient(),
            1 => HttpInterception.NewClient(new SocketsHttpHandler()),
            2 => new ChannelHttpClient(),
            _ => HttpInterception.NewClient(new ChannelClientHandler(), disposeHandler: true),
        };

        Assert.AreEqual("hello", await client.GetStringAsync(new Uri($"http://{listener.LocalEndpoint}/")));
        await answering;
    }

    private static async Task AnswerAsync(TcpListener listener)
    {
        using var socket = await listener.AcceptSocketAsync();
        await socket.ReceiveAsync(new byte[4096]);
        await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    }
}
