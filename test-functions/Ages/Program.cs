using System.Text;
using Ages;
using Grpc.Core;
using RemoteCalls.Trials;

// Serves HTTP and gRPC, and calls both, whatever runtime it is built for; says what it saw.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddGrpc();
builder.Services.AddHttpClient();
builder.Services.AddGrpcClient<Trial.TrialClient>(static client => client.Address = new Uri(Calls.Address("TRIALS_URL")));
var app = builder.Build();
app.MapGet("/runtime", static () => Environment.Version.Major);
app.MapPost(
    "/turned",
    static async (HttpRequest request) =>
    {
        var text = await new StreamReader(request.Body, Encoding.UTF8).ReadToEndAsync();
        return new string([.. text.Reverse()]);
    }
);
app.MapGet("/rest", static async (IHttpClientFactory factory) => await Calls.RestAsync(factory));
app.MapGet("/grpc", static async (Trial.TrialClient client) => await Calls.GrpcAsync(client));
app.MapGrpcService<Turned>();
app.Run();
