using System.Runtime.InteropServices;

namespace Nexus.Backend.Interop;

/// <summary>A program to start and everything it shall get from this process, which is nothing else.</summary>
/// <param name="Path">Absolute path of the program.</param>
/// <param name="Arguments">The argument vector as the program sees it, its own name first.</param>
/// <param name="Environment">The whole environment, <c>NAME=value</c> each.</param>
internal sealed record SpawnRequest(string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment)
{
    /// <summary>The child's descriptor numbers and what they refer to; 0 is <c>/dev/null</c> unless given.</summary>
    public IReadOnlyDictionary<int, SafeHandle> Descriptors { get; init; } = new Dictionary<int, SafeHandle>();

    /// <summary>Whether 1 and 2 become pipes that <see cref="SpawnedProcess.Output"/> and <see cref="SpawnedProcess.Error"/> read.</summary>
    public bool CaptureOutput { get; init; }
}
