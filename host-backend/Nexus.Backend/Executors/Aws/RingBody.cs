using Nexus.Backend.Aws;
using Nexus.Channel;

namespace Nexus.Backend.Executors.Aws;

/// <summary>
/// A request's body in the guest's arena. Up to 1 MiB it is held there until the call is over, so that it can be hashed and sent again; longer ones stream
/// through, once. The guest may change the bytes at any moment: then the service refuses the signature, and nothing else happens.
/// </summary>
internal sealed class RingBody : IAwsBody
{
    private const long LongestHeld = 1024 * 1024;
    private readonly ChannelCall _call;
    private readonly List<ChannelFrame>? _held;

    private RingBody(ChannelCall call, long? length, List<ChannelFrame>? held)
    {
        _call = call;
        _held = held;
        Length = length;
    }

    public long? Length { get; }

    public bool Replayable => _held is not null;

    /// <summary>Waits for the whole body if it is short, for nothing if it is to be streamed.</summary>
    /// <param name="call">The call, its head read.</param>
    /// <param name="length">What the head says; -1 for unknown.</param>
    /// <exception cref="ProtocolViolationException">The body is not as long as the head said.</exception>
    public static async ValueTask<IAwsBody> ReceiveAsync(ChannelCall call, long length)
    {
        if (length == 0)
        {
            return AwsMemoryBody.Empty;
        }

        if (length is < 0 or > LongestHeld)
        {
            return new RingBody(call, length < 0 ? null : length, held: null);
        }

        var held = new List<ChannelFrame>(1);
        long received = 0;
        while (true)
        {
            var frame = await ReceiveDataAsync(call, CancellationToken.None).ConfigureAwait(false);
            held.Add(frame);
            received += frame.Memory.Length;
            if (received > length || (frame.IsFinal && received != length))
            {
                throw new ProtocolViolationException($"body of {received} bytes announced as {length}");
            }

            if (frame.IsFinal)
            {
                return new RingBody(call, length, held);
            }
        }
    }

    public async ValueTask WriteToAsync(Stream target, CancellationToken cancellationToken)
    {
        if (_held is not null)
        {
            foreach (var frame in _held)
            {
                await target.WriteAsync(frame.Memory, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        while (true)
        {
            var frame = await ReceiveDataAsync(_call, cancellationToken).ConfigureAwait(false);
            await target.WriteAsync(frame.Memory, cancellationToken).ConfigureAwait(false);
            _call.Release(frame);
            if (frame.IsFinal)
            {
                return;
            }
        }
    }

    public bool TryGetBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = _held is [var only] ? only.Memory : default;
        return _held is { Count: 1 };
    }

    /// <summary>Gives held blocks back.</summary>
    public void Release()
    {
        foreach (var frame in _held ?? [])
        {
            _call.Release(frame);
        }

        _held?.Clear();
    }

    private static async ValueTask<ChannelFrame> ReceiveDataAsync(ChannelCall call, CancellationToken cancellationToken)
    {
        var frame = await call.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return frame.Kind == FrameKind.Data ? frame : throw new ProtocolViolationException($"{frame.Kind} in a request's body");
    }
}
