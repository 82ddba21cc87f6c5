using Nexus.Channel;

namespace Nexus.Backend.Instances.RuntimeApi;

/// <summary>A body that was posted.</summary>
/// <param name="Bytes">A private copy; null when it was longer than allowed.</param>
/// <param name="Length">How long it was.</param>
internal readonly record struct RuntimeApiBody(byte[]? Bytes, long Length)
{
    public static async Task<RuntimeApiBody> ReadAsync(ChannelCall call, int most)
    {
        var bytes = new MemoryStream();
        long length = 0;
        while (true)
        {
            var frame = await call.ReceiveAsync(call.Aborted).ConfigureAwait(false);
            if (frame.Kind != FrameKind.Data)
            {
                throw new ProtocolViolationException($"{frame.Kind} in a request's body");
            }

            length += frame.Memory.Length;
            if (length <= most)
            {
                bytes.Write(frame.Memory.Span);
            }

            call.Release(frame);
            if (frame.IsFinal)
            {
                return new RuntimeApiBody(length <= most ? bytes.ToArray() : null, length);
            }
        }
    }
}
