using Gallery;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddControllers();
builder.Services.AddSingleton<PictureStore>();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 20_000_000);
var app = builder.Build();

app.UseWebSockets();
app.MapControllers();
Pictures.Map(app);
Streams.Map(app);
Odd.Map(app);
app.MapGet("/", () => "gallery");
app.Run();
