using System.Net;
using System.Net.Sockets;
using System.Text;
using Way = System.Func<System.Net.Sockets.UdpClient, System.Net.IPEndPoint, System.Threading.Tasks.Task<int>>;

namespace Nexus.Guest.Http.Tests;

/// <summary>Where there is a network, each way to send a datagram sends it.</summary>
[TestClass]
public sealed class DatagramInterceptionTests
{
    private static readonly byte[] s_bytes = Encoding.UTF8.GetBytes("hello");

    private static readonly Dictionary<string, Way> s_connected = new()
    {
        ["array"] = (client, _) => Task.FromResult(DatagramInterception.Send(client, s_bytes, 5)),
        ["span"] = (client, _) => Task.FromResult(DatagramInterception.Send(client, s_bytes)),
        ["async array"] = (client, _) => DatagramInterception.SendAsync(client, s_bytes, 5),
        ["async memory"] = (client, _) => DatagramInterception.SendAsync(client, s_bytes, default(CancellationToken)).AsTask(),
        ["begin"] = (client, _) => Task.FromResult(client.EndSend(DatagramInterception.BeginSend(client, s_bytes, 5, null, null))),
    };

    private static readonly Dictionary<string, Way> s_unconnected = new()
    {
        ["array, place"] = (client, to) => Task.FromResult(DatagramInterception.Send(client, s_bytes, 5, to)),
        ["array, name"] = (client, to) => Task.FromResult(DatagramInterception.Send(client, s_bytes, 5, "127.0.0.1", to.Port)),
        ["span, place"] = (client, to) => Task.FromResult(DatagramInterception.Send(client, s_bytes, to)),
        ["span, name"] = (client, to) => Task.FromResult(DatagramInterception.Send(client, s_bytes, "127.0.0.1", to.Port)),
        ["async array, place"] = (client, to) => DatagramInterception.SendAsync(client, s_bytes, 5, to),
        ["async array, name"] = (client, to) => DatagramInterception.SendAsync(client, s_bytes, 5, "127.0.0.1", to.Port),
        ["async memory, place"] = (client, to) => DatagramInterception.SendAsync(client, s_bytes, to, default).AsTask(),
        ["async memory, name"] = (client, to) => DatagramInterception.SendAsync(client, s_bytes, "127.0.0.1", to.Port, default).AsTask(),
        ["begin, place"] = (client, to) =>
            Task.FromResult(client.EndSend(DatagramInterception.BeginSend(client, s_bytes, 5, to, null, null))),
        ["begin, name"] = (client, to) =>
            Task.FromResult(client.EndSend(DatagramInterception.BeginSend(client, s_bytes, 5, "127.0.0.1", to.Port, null, null))),
        ["to array"] = (client, to) => Task.FromResult(DatagramInterception.SendTo(client.Client, s_bytes, to)),
        ["to array, flags"] = (client, to) => Task.FromResult(DatagramInterception.SendTo(client.Client, s_bytes, SocketFlags.None, to)),
        ["to array, size"] = (client, to) => Task.FromResult(DatagramInterception.SendTo(client.Client, s_bytes, 5, SocketFlags.None, to)),
        ["to array, part"] = (client, to) =>
            Task.FromResult(DatagramInterception.SendTo(client.Client, s_bytes, 0, 5, SocketFlags.None, to)),
        ["to span"] = (client, to) => Task.FromResult(DatagramInterception.SendTo(client.Client, s_bytes.AsSpan(), to)),
        ["to span, flags"] = (client, to) =>
            Task.FromResult(DatagramInterception.SendTo(client.Client, s_bytes.AsSpan(), SocketFlags.None, to)),
        ["to span, address"] = (client, to) =>
            Task.FromResult(DatagramInterception.SendTo(client.Client, s_bytes, SocketFlags.None, to.Serialize())),
        ["async to part"] = (client, to) => DatagramInterception.SendToAsync(client.Client, new ArraySegment<byte>(s_bytes), to),
        ["async to part, flags"] = (client, to) =>
            DatagramInterception.SendToAsync(client.Client, new ArraySegment<byte>(s_bytes), SocketFlags.None, to),
        ["async to memory"] = (client, to) => DatagramInterception.SendToAsync(client.Client, s_bytes, to, default).AsTask(),
        ["async to memory, flags"] = (client, to) =>
            DatagramInterception.SendToAsync(client.Client, s_bytes, SocketFlags.None, to, default).AsTask(),
        ["async to memory, address"] = (client, to) =>
            DatagramInterception.SendToAsync(client.Client, s_bytes, SocketFlags.None, to.Serialize(), default).AsTask(),
        ["begin to"] = (client, to) =>
            Task.FromResult(
                client.Client.EndSendTo(DatagramInterception.BeginSendTo(client.Client, s_bytes, 0, 5, SocketFlags.None, to, null, null))
            ),
    };

    public static IEnumerable<object[]> Ways => s_connected.Keys.Concat(s_unconnected.Keys).Select(static way => new object[] { way });

    [TestMethod]
    [DynamicData(nameof(Ways))]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Send_WithANetwork_Arrives(string way)
    {
        using var receiver = DatagramInterception.NewUdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var place = (IPEndPoint)receiver.Client.LocalEndPoint!;
        using var sender = DatagramInterception.NewUdpClient(AddressFamily.InterNetwork);
        if (s_connected.TryGetValue(way, out var send))
        {
            DatagramInterception.Connect(sender, place);
        }
        else
        {
            send = s_unconnected[way];
        }

        Assert.AreEqual(5, await send(sender, place));
        Assert.AreEqual("hello", Encoding.UTF8.GetString((await receiver.ReceiveAsync()).Buffer));
    }
}
