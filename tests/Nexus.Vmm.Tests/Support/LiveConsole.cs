namespace Nexus.Vmm.Tests.Support;

/// <summary>Shows guests' serial output while it arrives, if NEXUS_VM_TRACE names a file or terminal for it.</summary>
internal static class LiveConsole
{
    private static readonly FileStream? Target = Environment.GetEnvironmentVariable("NEXUS_VM_TRACE") is { Length: > 0 } path
        ? new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)
        : null;

    public static void Show(byte value) => Target?.WriteByte(value);
}
