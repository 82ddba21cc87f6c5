using System.Reflection;
using System.Runtime.InteropServices;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>The user agent that the library would have sent: its managed part's and its native part's.</summary>
internal static class LegacyUserAgent
{
    // The native library's own number, which only its code knows; that of release 2.46.
    private const string Core = "grpc-c/24.0.0 (linux; chttp2)";

    private static readonly string Library =
        $"grpc-csharp/{typeof(LibraryChannel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion} "
        + $"({RuntimeInformation.FrameworkDescription}; CLR {Environment.Version}; netstandard2.0; "
        + $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()})";

    public static string Of(string? primary, string? secondary) => string.Join(' ', Parts(primary, Library, Core, secondary));

    private static IEnumerable<string> Parts(params string?[] parts) => parts.OfType<string>();
}
