using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Nexus.Bench.Grpc;

/// <summary>
/// What the calls go to: Kestrel, which sends a unary call's message back as it came and answers a streaming one with ten thousand of a hundred bytes. It listens on TCP
/// loopback and on a Unix socket, runs in a process of its own and is in no figure.
/// </summary>
internal static class GrpcServerProgram
{
    public const string ListenPrefix = "LISTEN ";
    public const string SocketVariable = "BENCH_SOCKET";
    private const int Messages = 10_000;
    private const int Batch = 100;
    private const int MessageBytes = 5 + 2 + 100;

    public static async Task<int> RunAsync()
    {
        var socket = Environment.GetEnvironmentVariable(SocketVariable)!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.ListenUnixSocket(socket, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Console.WriteLine(ListenPrefix + app.Urls.First(static url => !url.Contains("unix", StringComparison.Ordinal)));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/grpc";
        if (context.Request.Path.Value!.EndsWith("/Many", StringComparison.Ordinal))
        {
            for (var sent = 0; sent < Messages; sent += Batch)
            {
                Fill(response.BodyWriter.GetSpan(Batch * MessageBytes));
                response.BodyWriter.Advance(Batch * MessageBytes);
                await response.BodyWriter.FlushAsync();
            }
        }
        else
        {
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync();
                foreach (var piece in read.Buffer)
                {
                    await response.BodyWriter.WriteAsync(piece);
                }

                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }

        response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Messages of one field of a hundred zeros.</summary>
    private static void Fill(Span<byte> batch)
    {
        batch[..(Batch * MessageBytes)].Clear();
        for (var at = 0; at < Batch * MessageBytes; at += MessageBytes)
        {
            batch[at + 4] = MessageBytes - 5;
            batch[at + 5] = 0x0a;
            batch[at + 6] = 100;
        }
    }
}
