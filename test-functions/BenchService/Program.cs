using System.Globalization;
using System.Net;
using BenchService;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// A gRPC service on one port and, for those who have one, on a Unix socket; a page over HTTP/1.1 on another port.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, Port("HTTP2_PORT"), static listen => listen.Protocols = HttpProtocols.Http2);
    kestrel.Listen(IPAddress.Loopback, Port("HTTP1_PORT"), static listen => listen.Protocols = HttpProtocols.Http1);
    if (Environment.GetEnvironmentVariable("SOCKET_PATH") is { Length: > 0 } path)
    {
        kestrel.ListenUnixSocket(path, static listen => listen.Protocols = HttpProtocols.Http2);
    }
});
builder.Services.AddGrpc(static options => options.MaxReceiveMessageSize = null);
var app = builder.Build();
app.MapGrpcService<EchoService>();
app.MapGet("/hello", static () => new { Greeting = "Hello", At = 1 });
app.Run();

static int Port(string variable) => int.Parse(Environment.GetEnvironmentVariable(variable) ?? "0", CultureInfo.InvariantCulture);
