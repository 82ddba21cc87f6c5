using Nexus.Channel;

namespace Nexus.Bench.Channel;

/// <summary>Payload as a serializer and a deserializer treat it: written once into the arena, read once in place.</summary>
internal static class Payload
{
    public static async ValueTask SendAsync(ChannelCall call, long size, int blockBytes = ChannelLayout.MaxBlockBytes)
    {
        if (size == 0)
        {
            call.Complete();
            return;
        }

        for (long sent = 0; sent < size; )
        {
            var length = (int)Math.Min(blockBytes, size - sent);
            var block = await call.RentAsync(length).ConfigureAwait(false);
            block.Memory.Span[..length].Fill(1);
            sent += length;
            call.Send(FrameKind.Data, block, length, final: sent == size);
        }
    }

    public static async ValueTask<long> TakeAsync(ChannelCall call)
    {
        long taken = 0;
        while (true)
        {
            var frame = await call.ReceiveAsync().ConfigureAwait(false);
            // Reads every byte, with vectors.
            if (frame.Memory.Span.IndexOf((byte)0) >= 0)
            {
                throw new InvalidDataException("payload arrived wrong");
            }

            taken += frame.Memory.Length;
            call.Release(frame);
            if (frame.IsFinal)
            {
                return taken;
            }
        }
    }
}
