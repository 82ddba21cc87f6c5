using System.Net;
using System.Text;
using Nexus.TestKit;

namespace Nexus.Vmm.Functions;

/// <summary>A DynamoDB whose every table has one item; it remembers who asked for what.</summary>
internal sealed class TableStub : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<string> _asked = [];

    public TableStub()
    {
        Address = $"http://127.0.0.1:{FreePort.Find()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Operation and signature of each request so far.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            lock (_asked)
            {
                _asked.Add($"{context.Request.Headers["X-Amz-Target"]} {context.Request.Headers["Authorization"]}");
            }

            context.Response.ContentType = "application/x-amz-json-1.0";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("""{"Item":{"id":{"S":"probe"}}}"""));
            context.Response.Close();
        }
    }

    public void Dispose() => _listener.Close();
}
