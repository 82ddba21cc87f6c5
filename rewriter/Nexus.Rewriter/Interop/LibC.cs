using System.Runtime.InteropServices;

namespace Nexus.Rewriter.Interop;

/// <summary>What .NET has no call for.</summary>
internal static partial class LibC
{
    /// <summary>link(2): another name for a file. 0, or -1 with errno.</summary>
    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string existing, string added);
}
