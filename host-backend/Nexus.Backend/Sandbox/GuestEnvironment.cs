using System.Globalization;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// What a guest's runtime must be told because it cannot see its control group: the heap limit (three quarters of the memory, the
/// share .NET itself takes in a container) and the processor count. Diagnostics are off: their listener is a socket. Given values win.
/// </summary>
public static class GuestEnvironment
{
    public static IReadOnlyDictionary<string, string> For(SandboxSpec spec)
    {
        var environment = new Dictionary<string, string>(spec.Environment);
        environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        environment.TryAdd(
            "DOTNET_GCHeapHardLimit",
            (spec.MemoryLimitMb * 1024L * 1024 * 3 / 4).ToString("x", CultureInfo.InvariantCulture)
        );
        if (spec.CpuLimit is { } cores)
        {
            environment.TryAdd("DOTNET_PROCESSOR_COUNT", ((int)Math.Ceiling(cores)).ToString("x", CultureInfo.InvariantCulture));
        }

        return environment;
    }
}
