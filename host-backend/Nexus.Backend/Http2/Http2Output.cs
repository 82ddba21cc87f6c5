using System.Buffers;
using System.Buffers.Binary;

namespace Nexus.Backend.Http2;

/// <summary>
/// Frames on their way to the peer. Whoever finds nobody sending sends everything that has gathered, so that frames that come while one write is under way leave together
/// in the next, and no thread exists for it.
/// </summary>
/// <param name="connection">Where they go.</param>
/// <param name="onFailed">Told once when the connection takes no more.</param>
internal sealed class Http2Output(Stream connection, Action<Exception> onFailed)
{
    /// <summary>Bytes waiting above which whoever has a choice waits.</summary>
    private const int Room = 64 * 1024;

    /// <summary>Bytes waiting above which the peer is one that asks for answers and takes none.</summary>
    private const int MostQueued = 4 * 1024 * 1024;

    private const int KeptCapacity = 128 * 1024;

    private readonly object _gate = new();
    private ArrayBufferWriter<byte> _queued = new(1024);
    private ArrayBufferWriter<byte> _leaving = new(1024);
    private bool _isSending;
    private bool _hasFailed;
    private TaskCompletionSource? _room;

    /// <summary>Adds a frame; <see cref="FlushAsync"/> sends it.</summary>
    public void Write(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_hasFailed)
            {
                return;
            }

            var bytes = _queued.GetSpan(Http2FrameHeader.Size + payload.Length);
            header.Write(bytes);
            payload.CopyTo(bytes[Http2FrameHeader.Size..]);
            _queued.Advance(Http2FrameHeader.Size + payload.Length);
        }
    }

    /// <summary>Adds settings of this end.</summary>
    public void WriteSettings(ReadOnlySpan<(Http2Setting Setting, uint Value)> settings)
    {
        const int size = 6;
        Span<byte> payload = stackalloc byte[size * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[(size * i)..], (ushort)settings[i].Setting);
            BinaryPrimitives.WriteUInt32BigEndian(payload[((size * i) + 2)..], settings[i].Value);
        }

        Write(new Http2FrameHeader(payload.Length, Http2FrameType.Settings, Http2Flags.None, 0), payload);
    }

    /// <summary>Lets the peer send more.</summary>
    public void WriteWindow(int streamId, int bytes)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        Write(new Http2FrameHeader(payload.Length, Http2FrameType.WindowUpdate, Http2Flags.None, streamId), payload);
    }

    /// <summary>Ends a stream.</summary>
    public void WriteReset(int streamId, Http2ErrorCode code)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)code);
        Write(new Http2FrameHeader(payload.Length, Http2FrameType.ResetStream, Http2Flags.None, streamId), payload);
    }

    /// <summary>Says why the connection ends.</summary>
    public void WriteGoAway(Http2ErrorCode code)
    {
        // No stream of the peer's was ever taken.
        Span<byte> payload = stackalloc byte[8];
        payload.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)code);
        Write(new Http2FrameHeader(payload.Length, Http2FrameType.GoAway, Http2Flags.None, 0), payload);
    }

    /// <summary>Adds bytes that are no frame: what a client says first.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _queued.Write(bytes);
        }
    }

    /// <summary>Sends what has gathered, unless somebody is sending already, who then sends that, too. Never throws.</summary>
    public async ValueTask FlushAsync()
    {
        while (TryTake(out var bytes, out var isTooMuch))
        {
            try
            {
                if (isTooMuch)
                {
                    throw Http2Failures.TooMuchQueued();
                }

                await connection.WriteAsync(bytes).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                Fail();
                onFailed(failure);
                return;
            }

            Sent();
        }
    }

    /// <summary>Waits while much is on its way already.</summary>
    public ValueTask WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (_hasFailed || _queued.WrittenCount < Room)
            {
                return default;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>Takes nothing more; whoever waits for room goes on.</summary>
    public void Fail()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _hasFailed = true;
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    private bool TryTake(out ReadOnlyMemory<byte> bytes, out bool isTooMuch)
    {
        lock (_gate)
        {
            bytes = default;
            isTooMuch = _queued.WrittenCount > MostQueued;
            if (_hasFailed || (_isSending && !isTooMuch) || _queued.WrittenCount == 0)
            {
                return false;
            }

            if (!isTooMuch)
            {
                _isSending = true;
                (_queued, _leaving) = (_leaving, _queued);
                bytes = _leaving.WrittenMemory;
            }

            return true;
        }
    }

    private void Sent()
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            _isSending = false;
            _leaving.ResetWrittenCount();
            if (_leaving.Capacity > KeptCapacity)
            {
                _leaving = new ArrayBufferWriter<byte>(1024);
            }

            if (_queued.WrittenCount < Room)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.TrySetResult();
    }
}
