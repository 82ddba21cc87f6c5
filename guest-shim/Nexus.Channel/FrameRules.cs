namespace Nexus.Channel;

/// <summary>What a descriptor must look like by itself, whatever the state of its call. Strict from version 1: a field without a meaning is 0.</summary>
internal static class FrameRules
{
    /// <summary>Checks a private copy.</summary>
    /// <exception cref="ProtocolViolationException">The peer may not have sent it.</exception>
    public static void Check(in FrameDescriptor descriptor, int arenaBytes)
    {
        var final = descriptor.Flags == FrameFlags.Final;
        var sound =
            descriptor.ReleaseCount <= ChannelLayout.ReleasesPerDescriptor
            && (descriptor.Flags & ~FrameFlags.Final) == 0
            && (ulong)descriptor.Offset + descriptor.Length <= (ulong)arenaBytes
            && (descriptor.DeadlineMicroseconds == 0 || descriptor.Kind == FrameKind.Open)
            && (descriptor.Code == 0 || descriptor.Kind is FrameKind.Open or FrameKind.Abort)
            && descriptor.Kind switch
            {
                FrameKind.Open or FrameKind.Head or FrameKind.Trailers => descriptor.Length <= ChannelLayout.MaxHeadBytes,
                FrameKind.Data => descriptor.Length <= ChannelLayout.MaxBlockBytes && (descriptor.Length > 0 || final),
                FrameKind.Abort => final
                    && descriptor.Length == 0
                    && (AbortCode)descriptor.Code is >= AbortCode.Cancelled and <= AbortCode.BadRequest,
                FrameKind.Release => !final && descriptor is { Length: 0, CallId: 0, ReleaseCount: > 0 },
                _ => false,
            };
        if (!sound)
        {
            throw new ProtocolViolationException(
                $"frame of kind {(byte)descriptor.Kind}, flags {(byte)descriptor.Flags}, code {descriptor.Code}, "
                    + $"at {descriptor.Offset}+{descriptor.Length}, {descriptor.ReleaseCount} releases"
            );
        }
    }
}
