using Nexus.Diagnostics;
using Nexus.Guest.Host;
using Nexus.Guest.Host.Lambda;

// One invocation from standard input to standard output, without a channel: `_HANDLER` names the handler as on Lambda.
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
    error = await bound.InvokeAsync(payload, new InvocationInfo(Guid.NewGuid().ToString(), deadline), response).ConfigureAwait(false);
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
