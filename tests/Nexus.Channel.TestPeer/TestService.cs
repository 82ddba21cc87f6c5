namespace Nexus.Channel.TestPeer;

/// <summary>The answering side of test calls; serves any number of peers.</summary>
public sealed class TestService
{
    private int _restarts;
    private int _lost;

    /// <summary>Handler for <see cref="ChannelPeer"/>'s incoming calls.</summary>
    public void Accept(ChannelCall call) => _ = ServeAsync(call);

    /// <summary>Counts joined sessions.</summary>
    public void CountRestart() => Interlocked.Increment(ref _restarts);

    private async Task ServeAsync(ChannelCall call)
    {
        using (call)
        {
            try
            {
                await ServeAsync(call, TestHead.Read(call.Head.Span));
            }
            catch (ChannelException failure)
            {
                if (failure.Code == AbortCode.SessionLost)
                {
                    Interlocked.Increment(ref _lost);
                }
            }
            catch (OperationCanceledException)
            {
                // The asking end gave up.
            }
            catch (ProtocolViolationException)
            {
                call.Abort(AbortCode.BadRequest);
            }
        }
    }

    private async Task ServeAsync(ChannelCall call, TestHead head)
    {
        switch (head.Command)
        {
            case TestCommand.Echo:
                await EchoAsync(call);
                break;
            case TestCommand.Stall:
                await Task.Delay(Timeout.Infinite, call.Aborted);
                break;
            case TestCommand.Never:
                await TakeAllAsync(call);
                await Task.Delay(Timeout.Infinite, call.Aborted);
                break;
            case TestCommand.Refuse:
                call.Abort(AbortCode.Refused);
                break;
            case TestCommand.CallBack:
                await Task.WhenAll(Enumerable.Range(0, head.Count).Select(_ => call.Peer.EchoAsync(head.Size)));
                call.Complete();
                break;
            case TestCommand.Source:
                await TestClient.SendPatternAsync(call, head.Size, head.BlockBytes, CancellationToken.None);
                break;
            case TestCommand.Discard:
                call.Peer.DiscardIdlePages();
                await call.SendAsync(FrameKind.Trailers, Report(call.Peer), final: true);
                break;
            case TestCommand.Report:
                await call.SendAsync(FrameKind.Trailers, Report(call.Peer), final: true);
                break;
            default:
                call.Abort(AbortCode.BadRequest);
                break;
        }
    }

    private static async Task EchoAsync(ChannelCall call)
    {
        var anyHead = call.IsIncoming;
        if (anyHead)
        {
            await call.SendAsync(FrameKind.Head, new TestHead(TestCommand.Echo), final: false);
        }

        while (true)
        {
            var frame = await call.ReceiveAsync();
            if (frame.Memory.IsEmpty)
            {
                if (frame.IsFinal)
                {
                    call.Complete();
                    return;
                }

                continue;
            }

            var block = await call.RentAsync(frame.Memory.Length);
            frame.Memory.CopyTo(block.Memory);
            var length = frame.Memory.Length;
            call.Release(frame);
            call.Send(FrameKind.Data, block, length, frame.IsFinal);
            if (frame.IsFinal)
            {
                return;
            }
        }
    }

    private static async Task TakeAllAsync(ChannelCall call)
    {
        ChannelFrame frame;
        do
        {
            frame = await call.ReceiveAsync();
            call.Release(frame);
        } while (!frame.IsFinal);
    }

    private TestReport Report(ChannelPeer peer) => new(peer.ArenaBytesInUse, peer.CallsInFlight - 1, _restarts, _lost);
}
