using ChatRoom;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddGrpc();
builder.Services.AddSingleton<Rooms>();
var app = builder.Build();
app.MapGrpcService<ChatService>();
app.Run();
