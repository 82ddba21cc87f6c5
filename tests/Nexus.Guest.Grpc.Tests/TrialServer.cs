using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>A gRPC server on loopback, in this process, for all tests.</summary>
[TestClass]
public static class TrialServer
{
    private static WebApplication? s_app;

    /// <summary>A service whose Echo sends the bytes of a request back while they come, which services of the library never do.</summary>
    internal const string RawService = "trials.Raw";

    internal static Uri Address { get; private set; } = null!;

    [AssemblyInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc(static options =>
        {
            options.MaxReceiveMessageSize = null;
            options.MaxSendMessageSize = null;
            options.ResponseCompressionAlgorithm = "gzip";
            options.ResponseCompressionLevel = System.IO.Compression.CompressionLevel.Fastest;
        });
        s_app = builder.Build();
        s_app.MapGrpcService<TrialService>();
        s_app.MapPost($"/{RawService}/Echo", EchoAsync);
        await s_app.StartAsync(context.CancellationToken);
        Address = new Uri(s_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    [AssemblyCleanup]
    public static async Task StopAsync()
    {
        if (s_app is not null)
        {
            await s_app.StopAsync(new CancellationToken(canceled: true));
            await s_app.DisposeAsync();
        }
    }
}
