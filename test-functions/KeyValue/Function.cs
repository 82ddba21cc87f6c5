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

    private static string Speak(NetworkStream stream)
    {
        stream.Write("*1\r\n$4\r\nPING\r\n"u8);
        return new StreamReader(stream).ReadLine()!;
    }
}
