using System.Net.WebSockets;
using System.Text;

namespace Gallery;

/// <summary>Answers that take their time, and connections that stay.</summary>
public static class Streams
{
    private static int s_cancelled;

    public static void Map(WebApplication app)
    {
        app.MapGet("/events/{count:int}", EventsAsync);
        app.MapGet("/slow", SlowAsync);
        app.MapGet("/cancelled", () => Volatile.Read(ref s_cancelled));
        app.Map("/socket", SocketAsync);
    }

    /// <summary>Server-sent events, each flushed.</summary>
    private static async Task EventsAsync(HttpContext context, int count)
    {
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < count; i++)
        {
            await context.Response.WriteAsync($"data: {i}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(20, context.RequestAborted);
        }
    }

    /// <summary>Waits until the caller leaves, and remembers that it did.</summary>
    private static async Task SlowAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref s_cancelled);
            throw;
        }
    }

    private static async Task SocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (received.MessageType is WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
                return;
            }

            var text = "you said " + Encoding.UTF8.GetString(buffer, 0, received.Count);
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, context.RequestAborted);
        }
    }
}
