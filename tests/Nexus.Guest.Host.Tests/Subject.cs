using System.Buffers;
using System.Text;
using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host.Tests;

/// <summary>Binds and calls handlers of the subject assembly inside the test process.</summary>
internal static class Subject
{
    public static InvocationInfo Info => new("request-1", DateTimeOffset.UtcNow.AddSeconds(30).ToUnixTimeMilliseconds());

    /// <param name="typeAndMethod"><c>Type::Method</c> inside the subject assembly.</param>
    /// <param name="log">Where the log goes; thrown away by default.</param>
    public static LambdaHandler Bind(string typeAndMethod, Stream? log = null) =>
        LambdaHandler.Bind($"Handlers::Handlers.{typeAndMethod}", AppContext.BaseDirectory, new LambdaLog(log ?? Stream.Null));

    public static async Task<(string Response, ErrorReport? Error)> CallAsync(
        string typeAndMethod,
        string payload = "",
        InvocationInfo? info = null,
        Stream? log = null
    )
    {
        var response = new ArrayBufferWriter<byte>();
        var error = await Bind(typeAndMethod, log).InvokeAsync(Encoding.UTF8.GetBytes(payload), info ?? Info, response);
        return (Encoding.UTF8.GetString(response.WrittenSpan), error);
    }
}
