using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>The user agent that the library would have sent.</summary>
internal static class UserAgent
{
    public static string Text { get; } = Create();

    private static string Create()
    {
        var library = typeof(GrpcChannel).Assembly;
        var version = library.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var framework = library.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName.Split("Version=v");
        var name = framework is [_, var number] ? (number.StartsWith("2.", StringComparison.Ordinal) ? "netstandard" : "net") + number : "";
        var runtime = RuntimeInformation.FrameworkDescription;
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return $"grpc-dotnet/{version} ({runtime}; CLR {Environment.Version}; {name}; linux; {architecture})";
    }
}
