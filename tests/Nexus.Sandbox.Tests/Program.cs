using Microsoft.Testing.Platform.Builder;
using Nexus.Sandbox.Tests;

// The same program is the guest of its own tests: a sandboxed .NET process without another project.
if (args is ["--guest", ..])
{
    return GuestMain.Run(args[1..]);
}

if (args is ["--measure"])
{
    await StartMeasurement.RunAsync();
    return 0;
}

var builder = await TestApplication.CreateBuilderAsync(args);
SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
using var application = await builder.BuildAsync();
return await application.RunAsync();
