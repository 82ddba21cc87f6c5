using Microsoft.AspNetCore.Http.Features;

namespace Gallery;

/// <summary>What a server has to get right at the edges.</summary>
public static class Odd
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/throw", string () => throw new InvalidOperationException("thrown on purpose"));
        app.MapGet("/throw-late", ThrowLateAsync);
        app.MapGet("/nothing", () => Results.NoContent());
        app.MapGet("/unchanged", () => Results.StatusCode(StatusCodes.Status304NotModified));
        app.MapMethods("/headers", ["GET", "HEAD"], Headers);
        app.MapPost("/unread", () => "not read");
        app.MapGet("/short", (HttpContext context) => LengthAsync(context, announced: 10));
        app.MapGet("/long", (HttpContext context) => LengthAsync(context, announced: 3));
        app.MapGet("/order", OrderAsync);
        app.MapGet("/abort", (HttpContext context) => context.Abort());
        app.MapGet("/started", StartedAsync);
        app.MapGet("/status/{code:int}", (int code) => Results.StatusCode(code));
        app.MapPost("/limit/{bytes:long}", LimitAsync);
        app.MapGet("/crash", void () => Environment.Exit(7));
        app.MapGet("/process", () => Environment.ProcessId);
        app.MapGet("/wait/{milliseconds:int}", WaitAsync);
        app.MapGet(
            "/addresses",
            (IServiceProvider services) =>
                services
                    .GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
                    .Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!
                    .Addresses
        );
        app.MapGet("/paths/{**rest}", (HttpRequest request) => $"{request.Path}|{request.QueryString}|{request.PathBase}");
        app.MapPost("/trailers", TrailersAsync);
        app.MapPost("/sync", SyncAsync);
    }

    private static async Task ThrowLateAsync(HttpContext context)
    {
        await context.Response.WriteAsync("begun");
        await context.Response.Body.FlushAsync();
        throw new InvalidOperationException("thrown late on purpose");
    }

    private static IResult Headers(HttpContext context)
    {
        context.Response.Headers["X-Echo"] = context.Request.Headers["X-Send"];
        context.Response.Headers.Append("X-Many", "one");
        context.Response.Headers.Append("X-Many", "two");
        context.Response.Cookies.Append("taste", "salty");
        return Results.Text($"{context.Request.Protocol} {context.Request.Scheme} {context.Request.Method}");
    }

    private static async Task LengthAsync(HttpContext context, int announced)
    {
        context.Response.ContentLength = announced;
        await context.Response.WriteAsync("12345");
    }

    /// <summary>Callbacks run last in, first out, and may still add headers.</summary>
    private static async Task OrderAsync(HttpContext context)
    {
        context.Response.OnStarting(() => Add("first"));
        context.Response.OnStarting(() => Add("second"));
        await context.Response.WriteAsync("ordered");

        Task Add(string what)
        {
            context.Response.Headers.Append("X-Order", what);
            return Task.CompletedTask;
        }
    }

    private static async Task StartedAsync(HttpContext context)
    {
        await context.Response.StartAsync();
        string problem;
        try
        {
            context.Response.StatusCode = 418;
            problem = "none";
        }
        catch (InvalidOperationException late)
        {
            problem = late.Message;
        }

        await context.Response.WriteAsync($"{context.Response.HasStarted} {problem}");
        await context.Response.CompleteAsync();
    }

    private static async Task<string> LimitAsync(HttpContext context, long bytes)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = bytes;
        using var reader = new StreamReader(context.Request.Body);
        return $"{(await reader.ReadToEndAsync()).Length}";
    }

    private static async Task<string> WaitAsync(int milliseconds)
    {
        await Task.Delay(milliseconds);
        return "waited";
    }

    private static async Task TrailersAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        var supported = context.Response.SupportsTrailers();
        if (supported)
        {
            context.Response.DeclareTrailer("x-sum");
        }

        var received = context.Request.CheckTrailersAvailable() ? context.Request.GetTrailer("x-check").ToString() : "";
        await context.Response.WriteAsync($"{supported} {received}");
        if (supported)
        {
            context.Response.AppendTrailer("x-sum", "42");
        }
    }

    /// <summary>Synchronous reads are refused unless allowed for the request.</summary>
    private static async Task<string> SyncAsync(HttpContext context, bool allow)
    {
        context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = allow;
        await Task.Yield();
        try
        {
            return $"{context.Request.Body.Read(new byte[100], 0, 100)}";
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message;
        }
    }
}
