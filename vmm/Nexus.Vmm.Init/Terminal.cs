using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>The serial console, which is the guest's standard output.</summary>
internal static class Terminal
{
    /// <summary>What programs write goes out byte for byte: a terminal would turn every line feed into two bytes.</summary>
    public static void PassThrough() => InitNative.ClearOutputProcessing(descriptor: 1);
}
