using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>Drivers that a stock kernel has as modules; the initial file system brings them, in the order of their names.</summary>
internal static class Modules
{
    private const string Folder = "/modules";

    public static void LoadAll()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (var module in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            InitNative.LoadModule(module);
            // The initial file system is memory.
            File.Delete(module);
        }
    }
}
