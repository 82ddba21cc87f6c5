using System.Buffers.Binary;

namespace Nexus.Backend.Http2;

/// <summary>The nine bytes before a frame's payload.</summary>
/// <param name="Length">Bytes of the payload, 0 to 16,777,215.</param>
/// <param name="Type">What the frame is.</param>
/// <param name="Flags">See <see cref="Http2Flags"/>.</param>
/// <param name="StreamId">0 for the connection.</param>
internal readonly record struct Http2FrameHeader(int Length, Http2FrameType Type, byte Flags, int StreamId)
{
    public const int Size = 9;

    public static Http2FrameHeader Read(ReadOnlySpan<byte> bytes) =>
        new(
            (bytes[0] << 16) | (bytes[1] << 8) | bytes[2],
            (Http2FrameType)bytes[3],
            bytes[4],
            (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & int.MaxValue)
        );

    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)(Length >> 16);
        bytes[1] = (byte)(Length >> 8);
        bytes[2] = (byte)Length;
        bytes[3] = (byte)Type;
        bytes[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], StreamId);
    }

    /// <summary>The payload without what only hides its length.</summary>
    /// <exception cref="HttpProtocolException">There is more padding than payload.</exception>
    public ReadOnlyMemory<byte> WithoutPadding(ReadOnlyMemory<byte> payload)
    {
        if (!Has(Http2Flags.Padded))
        {
            return payload;
        }

        if (payload.IsEmpty)
        {
            throw Http2Failures.InvalidData(Http2ErrorCode.FrameSizeError);
        }

        var padding = payload.Span[0];
        return padding < payload.Length ? payload[1..^padding] : throw Http2Failures.InvalidData(Http2ErrorCode.ProtocolError);
    }

    public bool Has(byte flag) => (Flags & flag) != 0;
}
