namespace Nexus.Channel.TestPeer;

/// <summary>The asking side of test calls.</summary>
public static class TestClient
{
    /// <summary>Sends a pattern and checks that it comes back.</summary>
    public static async Task EchoAsync(
        this ChannelPeer peer,
        long size,
        int blockBytes = 256 * 1024,
        TimeSpan? timeout = null,
        CancellationToken cancellation = default
    )
    {
        var head = new TestHead(TestCommand.Echo, size, BlockBytes: blockBytes);
        using var call = await peer.OpenAsync(TestHead.Protocol, head, timeout, final: size == 0, cancellation);
        var sending = size == 0 ? Task.CompletedTask : Task.Run(() => SendPatternAsync(call, size, blockBytes, cancellation), cancellation);
        try
        {
            await ReceivePatternAsync(call, size, cancellation);
        }
        finally
        {
            // Blocks belong to the call; it must not go while they are written to.
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await sending;
    }

    /// <summary>Asks for a pattern and checks it.</summary>
    public static async Task SourceAsync(this ChannelPeer peer, long size, int blockBytes, CancellationToken cancellation = default)
    {
        var head = new TestHead(TestCommand.Source, size, BlockBytes: blockBytes);
        using var call = await peer.OpenAsync(TestHead.Protocol, head, timeout: null, final: true, cancellation);
        await ReceivePatternAsync(call, size, cancellation);
    }

    /// <summary>Runs a command that answers with nothing but trailers, if any.</summary>
    public static async Task<ChannelFrame> AskAsync(this ChannelPeer peer, TestHead head, TimeSpan? timeout = null)
    {
        using var call = await peer.OpenAsync(TestHead.Protocol, head, timeout, final: true);
        var frame = await call.ReceiveAsync();
        call.Release(frame);
        return frame;
    }

    public static async Task<TestReport> ReportAsync(this ChannelPeer peer, TestCommand command = TestCommand.Report) =>
        TestReport.Read((await peer.AskAsync(new TestHead(command), TimeSpan.FromSeconds(20))).Memory.Span);

    public static async Task SendPatternAsync(ChannelCall call, long size, int blockBytes, CancellationToken cancellation)
    {
        for (long sent = 0; sent < size; )
        {
            var length = (int)Math.Min(blockBytes, size - sent);
            var block = await call.RentAsync(length, cancellation);
            Pattern.Fill(block.Memory.Span[..length], sent);
            sent += length;
            call.Send(FrameKind.Data, block, length, final: sent == size);
        }
    }

    private static async Task ReceivePatternAsync(ChannelCall call, long size, CancellationToken cancellation)
    {
        long received = 0;
        while (true)
        {
            var frame = await call.ReceiveAsync(cancellation);
            if (frame.Kind == FrameKind.Data && !Pattern.Matches(frame.Memory.Span, received))
            {
                throw new InvalidDataException($"wrong bytes at {received}+{frame.Memory.Length} of {size}");
            }

            received += frame.Kind == FrameKind.Data ? frame.Memory.Length : 0;
            call.Release(frame);
            if (frame.IsFinal)
            {
                break;
            }
        }

        if (received != size)
        {
            throw new InvalidDataException($"{received} bytes of {size}");
        }
    }
}
