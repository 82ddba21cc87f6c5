using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Nexus.Guest.AspNetCore;

/// <summary>Hears of every generic host that is being built, and has the last word on its services.</summary>
internal sealed class HostBuildingObserver : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
        {
            value.Subscribe(this);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder builder })
        {
            builder.ConfigureServices(static (_, services) => ServerReplacement.Apply(services));
        }
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }
}
