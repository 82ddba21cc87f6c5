using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host;

/// <summary>Without a channel: one invocation from standard input to standard output, to try a handler on its own.</summary>
internal static class StandardStreams
{
    /// <summary>Returns the exit code: 0 for success, 1 for a function error.</summary>
    public static async Task<int> RunAsync()
    {
        var handler = Environment.GetEnvironmentVariable("_HANDLER") ?? throw HostDiagnostics.HandlerMalformed.With("_HANDLER is not set");
        var root = Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") ?? AppContext.BaseDirectory;
        var deadline = DateTimeOffset.UtcNow.AddSeconds(3).ToUnixTimeMilliseconds();

        ErrorReport? error;
        using var response = new MemoryStream();
        try
        {
            var bound = LambdaHandler.Bind(handler, root, LambdaLog.ToStandardError());
            using var payload = new MemoryStream();
            await Console.OpenStandardInput().CopyToAsync(payload).ConfigureAwait(false);
            payload.Position = 0;
            error = await bound
                .InvokeAsync(payload, new InvocationInfo(Guid.NewGuid().ToString(), deadline), response)
                .ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever stops the initialization is reported as the init error.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            error = ErrorReport.From(failure);
        }
        using var output = Console.OpenStandardOutput();
        output.Write(error is null ? response.GetBuffer().AsSpan(0, (int)response.Length) : error.Json.Span);
        return error is null ? 0 : 1;
    }
}
