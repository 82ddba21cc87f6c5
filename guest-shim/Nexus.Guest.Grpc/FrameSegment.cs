using System.Buffers;

namespace Nexus.Guest.Grpc;

/// <summary>One piece of a message that spans frames.</summary>
internal sealed class FrameSegment : ReadOnlySequenceSegment<byte>
{
    private FrameSegment(ReadOnlyMemory<byte> memory, FrameSegment? previous)
    {
        Memory = memory;
        if (previous is not null)
        {
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }

    /// <summary>The pieces in their order as one sequence.</summary>
    public static ReadOnlySequence<byte> Sequence(IEnumerable<ReadOnlyMemory<byte>> pieces, ReadOnlyMemory<byte> last)
    {
        FrameSegment? first = null;
        FrameSegment? end = null;
        foreach (var piece in pieces.Append(last))
        {
            end = new FrameSegment(piece, end);
            first ??= end;
        }

        return new ReadOnlySequence<byte>(first!, 0, end!, end!.Memory.Length);
    }
}
