using Nexus.Channel.Interop;

namespace Nexus.Channel.Tests;

/// <summary>Copies of descriptors, and what a memfd takes.</summary>
internal static class Descriptors
{
    // From fcntl.h and unistd.h (fcntl(2), lseek(2)).
    private const int DuplicateKeepOnExec = 0;
    private const int DuplicateCloseOnExec = 1030;
    private const int SeekData = 3;
    private const int SeekHole = 4;

    public static FileDescriptor Duplicate(FileDescriptor descriptor) =>
        FileDescriptor.Checked(ChannelNative.Fcntl(descriptor.Number, DuplicateCloseOnExec, 3), "fcntl");

    /// <summary>A copy that a started process inherits; high, so that it does not meet what the runtime opens.</summary>
    public static FileDescriptor Inheritable(FileDescriptor descriptor) =>
        FileDescriptor.Checked(ChannelNative.Fcntl(descriptor.Number, DuplicateKeepOnExec, 200), "fcntl");

    /// <summary>Bytes of a memfd that have pages behind them.</summary>
    public static long PopulatedBytes(FileDescriptor memory)
    {
        long populated = 0;
        for (long at = 0; (at = ChannelNative.Seek(memory.Number, at, SeekData)) >= 0; )
        {
            var hole = ChannelNative.Seek(memory.Number, at, SeekHole);
            populated += hole - at;
            at = hole;
        }

        return populated;
    }
}
