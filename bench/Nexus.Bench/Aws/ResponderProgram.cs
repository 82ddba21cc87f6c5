using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Nexus.Bench.Aws;

/// <summary>
/// A service that answers at once with canned responses: the local emulators take longer for a call than everything that is measured.
/// It checks nothing, keeps nothing, runs in a process of its own and is in no figure.
/// </summary>
internal static class ResponderProgram
{
    public const string ListenPrefix = "LISTEN ";

    /// <summary>Names the file with certificate and key; without it the responder speaks plain HTTP.</summary>
    public const string CertificateVariable = "NEXUS_BENCH_CERTIFICATE";

    /// <summary>Names the address to listen on.</summary>
    public const string AddressVariable = "NEXUS_BENCH_ADDRESS";
    private const int ObjectBytes = 1024 * 1024;
    private static readonly byte[] Item = Encoding.UTF8.GetBytes(
        """{"Item":{"id":{"S":"item"},"text":{"S":"TEXT"}}}""".Replace("TEXT", new string('x', 1000), StringComparison.Ordinal)
    );
    private static readonly byte[] Done = "{}"u8.ToArray();
    private static readonly byte[] Content = new byte[ObjectBytes];

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 2 * ObjectBytes;
            kestrel.Listen(IPAddress.Parse(Environment.GetEnvironmentVariable(AddressVariable)!), 0, Secure);
        });
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Console.WriteLine(ListenPrefix + app.Urls.First());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static void Secure(ListenOptions listener)
    {
        // What AWS's endpoints for these services speak.
        listener.Protocols = HttpProtocols.Http1;
        if (Environment.GetEnvironmentVariable(CertificateVariable) is { } file)
        {
            listener.UseHttps(X509Certificate2.CreateFromPemFile(file));
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        await context.Request.Body.CopyToAsync(Stream.Null);
        if (target.Length > 0)
        {
            await AnswerDynamoDbAsync(context.Response, target.EndsWith(".GetItem", StringComparison.Ordinal) ? Item : Done);
            return;
        }

        await AnswerS3Async(context);
    }

    private static Task AnswerDynamoDbAsync(HttpResponse response, byte[] body)
    {
        response.ContentType = "application/x-amz-json-1.0";
        response.Headers["x-amzn-RequestId"] = "Q0F1D2EXAMPLE0BENCH0REQUEST0ID0000000000000000000000";
        // The real service sends it, and the SDK checks it.
        response.Headers["x-amz-crc32"] = Crc32.HashToUInt32(body).ToString(CultureInfo.InvariantCulture);
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }

    private static async Task AnswerS3Async(HttpContext context)
    {
        var response = context.Response;
        response.Headers["x-amz-request-id"] = "BENCH0REQUEST0ID";
        response.Headers["x-amz-id-2"] = "bench";
        response.Headers.ETag = "\"b6d81b360a5672d80c27430f39153e2c\"";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            response.ContentType = "binary/octet-stream";
            response.Headers.LastModified = "Mon, 01 Jan 2024 00:00:00 GMT";
            response.ContentLength = ObjectBytes;
            await response.Body.WriteAsync(Content);
        }
    }
}
