using System.Security.Cryptography;

namespace Gallery;

/// <summary>Uploads and downloads.</summary>
public static class Pictures
{
    public static void Map(WebApplication app)
    {
        app.MapPut("/pictures/{name}", PutAsync);
        app.MapGet(
            "/pictures/{name}",
            (string name, PictureStore store) =>
                store.Get(name) is { } picture ? Results.Bytes(picture, "image/png", name, enableRangeProcessing: true) : Results.NotFound()
        );
        app.MapPost("/digest", DigestAsync);
        app.MapPost("/forms", FormAsync).DisableAntiforgery();
        app.MapPost("/echo", EchoAsync);
        app.MapGet("/large/{megabytes:int}", LargeAsync);
        app.MapGet("/file", () => Results.File(Path.Combine(AppContext.BaseDirectory, "catalogue.csv"), "application/octet-stream"));
    }

    private static async Task<IResult> PutAsync(string name, HttpRequest request, PictureStore store)
    {
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy);
        store.Put(name, copy.ToArray());
        return Results.Created($"/pictures/{name}", new { name, bytes = copy.Length });
    }

    /// <summary>Reads a body of any length and keeps none of it.</summary>
    private static async Task<string> DigestAsync(HttpRequest request)
    {
        var hash = await SHA256.HashDataAsync(request.Body, request.HttpContext.RequestAborted);
        return Convert.ToHexString(hash);
    }

    private static async Task<IResult> FormAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        return Results.Json(
            new
            {
                fields = form.Keys.Order().Select(key => $"{key}={form[key]}"),
                files = form.Files.Select(file => $"{file.Name}:{file.FileName}:{file.Length}"),
            }
        );
    }

    /// <summary>Sends back what comes, piece by piece.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType;
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                await context.Response.BodyWriter.WriteAsync(segment, context.RequestAborted);
            }

            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task LargeAsync(HttpContext context, int megabytes)
    {
        var block = new byte[64 * 1024];
        for (var i = 0; i < block.Length; i++)
        {
            block[i] = (byte)(i * 31);
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = megabytes * 1024L * 1024;
        for (var sent = 0L; sent < context.Response.ContentLength; sent += block.Length)
        {
            await context.Response.Body.WriteAsync(block, context.RequestAborted);
        }
    }
}
