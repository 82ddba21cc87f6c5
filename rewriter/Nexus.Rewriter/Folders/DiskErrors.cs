using Nexus.Diagnostics;

namespace Nexus.Rewriter;

/// <summary>Turns the errors of the file system that a user can do something about into diagnostics.</summary>
internal static class DiskErrors
{
    // errno values as .NET reports them in HResult on Linux (errno(3)), and ERROR_DISK_FULL on Windows.
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static NexusException? Translate(Exception error, string folder) =>
        error switch
        {
            IOException { HResult: NoSpace or OverQuota or WindowsDiskFull } => RewriterDiagnostics.DiskFull.With(folder, error),
            UnauthorizedAccessException => RewriterDiagnostics.NotWritable.With(folder, error),
            IOException { HResult: 30 } => RewriterDiagnostics.NotWritable.With(folder, error),
            _ => null,
        };
}
