namespace Classic;

/// <summary>Services and pipeline, as programs had them before minimal hosting.</summary>
public sealed class Startup
{
    public void ConfigureServices(IServiceCollection services)
    {
        services.AddRouting();
        services.AddSingleton<Counter>();
    }

    public void Configure(IApplicationBuilder app)
    {
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            endpoints.MapGet("/", context => context.Response.WriteAsync("classic"));
            endpoints.MapGet(
                "/count",
                context => context.Response.WriteAsync($"{context.RequestServices.GetRequiredService<Counter>().Next()}")
            );
        });
    }
}
