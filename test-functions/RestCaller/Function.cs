using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace RestCaller;

/// <summary>Calls a REST service in every way HttpClient has, and tells in full what came of it.</summary>
public class Function
{
    private static readonly HttpClient s_client = new();

    public async Task<Dictionary<string, string>> FunctionHandler(CallRequest request, ILambdaContext context)
    {
        var uri = new Uri(Environment.GetEnvironmentVariable($"UPSTREAM_{request.Service.ToUpperInvariant()}") + request.Path);
        return await Description.OfAsync(() => CallAsync(request, uri).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private static Task<Dictionary<string, string>> CallAsync(CallRequest request, Uri uri) =>
        request.Operation switch
        {
            "get" => Calls.GetAsync(s_client, uri),
            "send" => Calls.SendAsync(s_client, uri, request.Choice),
            "getString" => Calls.GetStringAsync(s_client, uri),
            "stream" => Calls.StreamAsync(s_client, uri),
            "copy" => Calls.CopyAsync(s_client, uri),
            "sync" => Calls.SynchronousAsync(s_client, uri),
            "trailers" => Calls.TrailersAsync(s_client, uri, request.Service),
            "version" => Calls.VersionAsync(s_client, uri, request.Choice),
            "duplex" => Calls.DuplexAsync(s_client, uri),
            "leave" => Calls.LeaveAsync(s_client, uri),
            "many" => Calls.ManyAsync(s_client, uri, request.Amount),
            "post" => Uploads.PostAsync(s_client, uri, request.Choice, request.Amount),
            "expect" => Uploads.ExpectAsync(s_client, uri, request.Amount),
            "wrongLength" => Uploads.WrongLengthAsync(s_client, uri, request.Amount),
            "brokenContent" => Uploads.BrokenContentAsync(s_client, uri, request.Choice),
            "headers" => Uploads.HeadersAsync(s_client, uri, request.Choice),
            "cancel" => Patience.CancelAsync(s_client, uri, request.Amount),
            "cancelBody" => Patience.CancelBodyAsync(s_client, uri, request.Amount),
            "cancelled" => Patience.AlreadyCancelledAsync(s_client, uri),
            "timeout" => Patience.TimeoutAsync(uri, request.Amount),
            "buffer" => Patience.BufferAsync(uri, request.Amount),
            "settings" => Settings.CallAsync(uri, request.Choice),
            "sockets" => Settings.CallSocketsAsync(uri, request.Choice),
            "cookies" => Settings.CookiesAsync(uri),
            "misuse" => Settings.MisuseAsync(uri, request.Choice),
            "client" => Clients.CallAsync(uri, request.Choice),
            _ => throw new ArgumentException($"There is no operation \"{request.Operation}\"."),
        };
}
