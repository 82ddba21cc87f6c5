using System.Buffers.Binary;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http;

/// <summary>Collects a head that comes as payload (<see cref="HttpInterim"/>). Its last byte is the last byte of a frame.</summary>
internal sealed class LongHead
{
    private byte[] _bytes = [];
    private int _filled;
    private int _length = -1;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Adds a frame; true when the head is complete.</summary>
    /// <exception cref="ProtocolViolationException">More than was announced.</exception>
    public bool Add(ReadOnlySpan<byte> frame)
    {
        if (_length < 0)
        {
            _length =
                frame.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(frame) is var length and <= HttpInterim.MostHeadBytes
                    ? (int)length
                    : throw new ProtocolViolationException("length of a head");
            _bytes = new byte[_length];
            frame = frame[4..];
        }

        if (frame.Length > _length - _filled)
        {
            throw new ProtocolViolationException("bytes after a head");
        }

        frame.CopyTo(_bytes.AsSpan(_filled));
        _filled += frame.Length;
        return _filled == _length;
    }
}
