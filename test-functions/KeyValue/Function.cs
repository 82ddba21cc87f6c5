using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.Lambda.Core;
using FreeRedis;
using Npgsql;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace KeyValue;

/// <summary>Keeps a value in a store that is spoken to over a socket, and says what came of it.</summary>
public class Function
{
    public async Task<string> FunctionHandler(KeyRequest request, ILambdaContext context)
    {
        try
        {
            return request.Client switch
            {
                "redis" => Redis(request),
                "postgres" => await PostgresAsync(request),
                "tcp" => await TcpAsync(request),
                "tcpNow" => Speak(new TcpClient(request.Host, request.Port).GetStream()),
                "socket" => await SocketAsync(request),
                "socketNow" => SocketNow(request),
                "tcpBegin" => TcpBegin(request),
                "socketBegin" => SocketBegin(request),
                "listener" => await ListenerAsync(),
                "bind" => Bind(bound: true),
                "listen" => Bind(bound: false),
                "udp" => await UdpAsync(),
                "datagram" => Datagram(),
                "sendTo" => SendTo(request),
                "name" => string.Join<IPAddress>(", ", await Dns.GetHostAddressesAsync(request.Host)),
                _ => throw new ArgumentException(request.Client),
            };
        }
        catch (Exception failure) when (failure is not ArgumentException)
        {
            var text = new StringBuilder();
            for (var cause = failure; cause is not null; cause = cause.InnerException)
            {
                text.AppendLine($"{cause.GetType().Name} {(cause as SocketException)?.SocketErrorCode}: {cause.Message}");
            }

            return text.ToString();
        }
    }

    private static string Redis(KeyRequest request)
    {
        using var client = new RedisClient(
            $"{request.Host}:{request.Port},ssl=false,protocol=RESP2,retry=0,min poolsize=0,connectTimeout=2000"
        );
        client.Set("greeting", "hello");
        return client.Get("greeting");
    }

    private static async Task<string> PostgresAsync(KeyRequest request)
    {
        await using var connection = new NpgsqlConnection($"Host={request.Host};Port={request.Port};Username=nobody;Password=x;Timeout=5");
        await connection.OpenAsync();
        return connection.State.ToString();
    }

    private static async Task<string> TcpAsync(KeyRequest request)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(request.Host, request.Port);
        return Speak(client.GetStream());
    }

    private static async Task<string> SocketAsync(KeyRequest request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new DnsEndPoint(request.Host, request.Port));
        return Speak(new NetworkStream(socket));
    }

    private static string SocketNow(KeyRequest request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Parse(request.Host), request.Port);
        return Speak(new NetworkStream(socket));
    }

    private static string TcpBegin(KeyRequest request)
    {
        using var client = new TcpClient();
        client.EndConnect(client.BeginConnect(request.Host, request.Port, null, null));
        return Speak(client.GetStream());
    }

    private static string SocketBegin(KeyRequest request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var called = new ManualResetEventSlim();
        var connecting = socket.BeginConnect(IPAddress.Parse(request.Host), request.Port, _ => called.Set(), "state");
        called.Wait();
        socket.EndConnect(connecting);
        return Speak(new NetworkStream(socket));
    }

    private static async Task<string> ListenerAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        await accepted.GetStream().WriteAsync("hello\n"u8.ToArray());
        return new StreamReader(client.GetStream()).ReadLine()!;
    }

    private static string Bind(bool bound)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (bound)
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }

        socket.Listen();
        return "hello";
    }

    private static async Task<string> UdpAsync()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var sender = new UdpClient();
        await sender.SendAsync("hello"u8.ToArray(), 5, (IPEndPoint)receiver.Client.LocalEndPoint!);
        return Encoding.UTF8.GetString((await receiver.ReceiveAsync()).Buffer);
    }

    private static string Datagram()
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo("hello"u8, receiver.LocalEndPoint!);
        var buffer = new byte[5];
        receiver.Receive(buffer);
        return Encoding.UTF8.GetString(buffer);
    }

    /// <summary>Of a socket that a sandbox without a network lets a function make, unlike one for datagrams.</summary>
    private static string SendTo(KeyRequest request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return $"{socket.SendTo("hello"u8.ToArray(), new IPEndPoint(IPAddress.Parse(request.Host), request.Port))}";
    }

    private static string Speak(NetworkStream stream)
    {
        stream.Write("*1\r\n$4\r\nPING\r\n"u8);
        return new StreamReader(stream).ReadLine()!;
    }
}
