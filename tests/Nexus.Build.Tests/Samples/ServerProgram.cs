using Grpc.Core;
using Grpc.Net.Client;
using RemoteCalls.Trials;

// Serves HTTP and gRPC, and calls both. Ends once it listens, unless it is told to stay.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddGrpc();
var app = builder.Build();
app.Urls.Add("http://127.0.0.1:0");
app.MapGrpcService<Turning>();
app.MapGet("/form", static () => System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported ? "compiled when run" : "native");
app.MapPost(
    "/turned",
    static async (HttpContext context) =>
        await context.Response.WriteAsync(Turning.Turn(await new StreamReader(context.Request.Body).ReadToEndAsync()))
);
app.MapGet(
    "/parts",
    static async (HttpContext context) =>
    {
        for (var i = 0; i < 3; i++)
        {
            await context.Response.WriteAsync($"part {i}\n");
            await context.Response.Body.FlushAsync();
        }
    }
);
app.MapGet(
    "/rest",
    static async () =>
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(Environment.GetEnvironmentVariable("REST_URL"));
    }
);
app.MapGet(
    "/grpc",
    static async () =>
    {
        using var channel = GrpcChannel.ForAddress(Environment.GetEnvironmentVariable("TRIALS_URL")!);
        return (await new Trial.TrialClient(channel).SingleAsync(new TrialRequest { Behaviour = "echo", Text = "from afar ✓" })).Text;
    }
);
await app.StartAsync();
Console.WriteLine("answered");
if (Environment.GetEnvironmentVariable("STAY") is null)
    await app.StopAsync();
else
    await app.WaitForShutdownAsync();

/// <summary>Turns texts around.</summary>
sealed class Turning : Trial.TrialBase
{
    public static string Turn(string text) => new([.. text.Reverse()]);

    public override Task<TrialReply> Single(TrialRequest request, ServerCallContext context) =>
        request.Behaviour == "fail"
            ? throw new RpcException(new Status(StatusCode.NotFound, request.Text))
            : Task.FromResult(new TrialReply { Text = Turn(request.Text) });

    public override async Task Converse(
        IAsyncStreamReader<TrialRequest> requestStream,
        IServerStreamWriter<TrialReply> responseStream,
        ServerCallContext context
    )
    {
        while (await requestStream.MoveNext(context.CancellationToken))
            await responseStream.WriteAsync(new TrialReply { Text = Turn(requestStream.Current.Text) });
    }
}
