using Classic;
using Microsoft.AspNetCore;

// The same Startup under each of the hosts that programs of different ages build.
switch (Environment.GetEnvironmentVariable("CLASSIC_HOST"))
{
    case "web-host-builder":
        new WebHostBuilder().UseKestrel().UseUrls("http://127.0.0.1:0").UseStartup<Startup>().Build().Run();
        break;
    case "web-host":
        WebHost.CreateDefaultBuilder(args).UseUrls("http://127.0.0.1:0").UseStartup<Startup>().Build().Run();
        break;
    default:
        await Host.CreateDefaultBuilder(args)
            .ConfigureWebHostDefaults(web => web.UseUrls("http://127.0.0.1:0").UseStartup<Startup>())
            .Build()
            .RunAsync();
        break;
}
