using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nexus.Guest.AspNetCore.Tests;

/// <summary>A program that is one handler.</summary>
internal sealed class HandlerApplication(Func<HttpContext, Task> handler) : IHttpApplication<HttpContext>
{
    private readonly TaskCompletionSource<Exception?> _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the context was disposed of, with what the program had failed with.</summary>
    public Task<Exception?> Disposed => _disposed.Task;

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => handler(context);

    public void DisposeContext(HttpContext context, Exception? exception) => _disposed.TrySetResult(exception);
}
