using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>The serial console, which is the guest's standard output.</summary>
internal static class Terminal
{
    private const int Output = 1;

    /// <summary>What programs write goes out byte for byte: a terminal would turn every line feed into two bytes.</summary>
    public static void PassThrough() => InitNative.ClearOutputProcessing(Output);

    /// <summary>Returns when all that was written has gone out.</summary>
    public static void Drain() => InitNative.DrainOutput(Output);
}
