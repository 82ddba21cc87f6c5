using System.Diagnostics.CodeAnalysis;
using Nexus.Guest.AspNetCore;

/// <summary>What <c>DOTNET_STARTUP_HOOKS</c> runs before the program's own <c>Main</c>; the runtime finds it by this name, outside of any namespace.</summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for it in the global namespace.")]
internal static class StartupHook
{
    public static void Initialize() => ServerInterception.Register();
}
