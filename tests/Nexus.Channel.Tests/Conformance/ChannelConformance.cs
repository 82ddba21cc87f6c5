using Nexus.Channel.TestPeer;

namespace Nexus.Channel.Tests.Conformance;

/// <summary>What every pair of ends must do, on whatever memory and in however many processes.</summary>
public abstract class ChannelConformance
{
    private static readonly ChannelOptions Small = new(RingEntries: 64, ArenaBytes: 1 << 20);

    private protected abstract TestPair Start(ChannelOptions options);

    [TestMethod]
    [DataRow(0L)]
    [DataRow(1L)]
    [DataRow(1023L)]
    [DataRow(1024L)]
    [DataRow(1025L)]
    [DataRow(65536L)]
    [DataRow(1048575L)]
    [DataRow(1048576L)]
    [DataRow(1048577L)]
    [DataRow(8388611L)]
    [DataRow(52428800L)]
    public Task Payload_AnySize_ComesBackUnchanged(long size) => RunAsync(ChannelOptions.Default, near => near.EchoAsync(size));

    [TestMethod]
    public Task Payload_LargerThanSmallArena_StreamsThroughIt() => RunAsync(Small, near => near.EchoAsync(20 << 20, blockBytes: 200_000));

    [TestMethod]
    public Task Payload_WholeArenaInOneBlock_ComesBack() => RunAsync(Small, near => near.EchoAsync(3 << 20, blockBytes: 1 << 20));

    [TestMethod]
    public Task Frames_MoreThanTheRing_OverflowAndArrive() =>
        RunAsync(
            Small,
            async near =>
            {
                await near.EchoAsync(3000, blockBytes: 1);
                await near.SourceAsync(5000, blockBytes: 1);
            }
        );

    [TestMethod]
    public Task Calls_ThousandsAtOnce_AreAllAnswered() =>
        RunAsync(
            ChannelOptions.Default,
            near => Task.WhenAll(Enumerable.Range(0, 3000).Select(i => near.EchoAsync(i % 2000, timeout: TimeSpan.FromMinutes(1))))
        );

    [TestMethod]
    public Task Calls_ThousandsOnSmallRegion_AreAllAnswered() =>
        RunAsync(Small, near => Task.WhenAll(Enumerable.Range(0, 2000).Select(i => near.EchoAsync(i * 7 % 5000))));

    [TestMethod]
    public Task Calls_BothEndsOpenAtOnce_AreAllAnswered() =>
        RunAsync(
            ChannelOptions.Default,
            near =>
                Task.WhenAll(
                    Enumerable
                        .Range(0, 100)
                        .Select(async i => await near.AskAsync(new TestHead(TestCommand.CallBack, Size: 1000 * i, Count: 8)))
                )
        );

    [TestMethod]
    public Task Call_Refused_SaysSo() =>
        RunAsync(
            ChannelOptions.Default,
            async near =>
            {
                var failure = await Assert.ThrowsExactlyAsync<ChannelException>(() => near.AskAsync(new TestHead(TestCommand.Refuse)));
                Assert.AreEqual(AbortCode.Refused, failure.Code);
            }
        );

    [TestMethod]
    public Task Call_HeadNobodyReads_IsABadRequest() =>
        RunAsync(
            ChannelOptions.Default,
            async near =>
            {
                var failure = await Assert.ThrowsExactlyAsync<ChannelException>(() => near.AskAsync(new TestHead(0)));
                Assert.AreEqual(AbortCode.BadRequest, failure.Code);
            }
        );

    [TestMethod]
    public Task Head_TooLarge_IsRefusedHere() =>
        RunAsync(
            ChannelOptions.Default,
            async near =>
            {
                await Assert.ThrowsExactlyAsync<ArgumentException>(async () =>
                    await near.OpenAsync(TestHead.Protocol, new OversizedMessage(), timeout: null, final: true)
                );
                await near.EchoAsync(100);
            }
        );

    [TestMethod]
    public Task Cancellation_BeforeOpen_OpensNothing() =>
        RunAsync(
            ChannelOptions.Default,
            near =>
                Assert.ThrowsExactlyAsync<OperationCanceledException>(() =>
                    near.EchoAsync(100, cancellation: new CancellationToken(canceled: true))
                )
        );

    [TestMethod]
    public Task Cancellation_WhileAllSlotsAreTaken_EndsTheWait() =>
        RunAsync(
            ChannelOptions.Default,
            async near =>
            {
                using var stop = new CancellationTokenSource();
                var calls = await Task.WhenAll(
                    Enumerable.Range(0, ChannelLayout.MaxCalls).Select(_ => OpenAsync(near, TestCommand.Never).AsTask())
                );
                var waiting = OpenAsync(near, TestCommand.Never, cancellation: stop.Token).AsTask();
                Assert.IsFalse(waiting.IsCompleted);
                await stop.CancelAsync();
                await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
                var late = OpenAsync(near, TestCommand.Never).AsTask();
                calls[0].Dispose();
                (await late).Dispose();
                Array.ForEach(calls, call => call.Dispose());
            }
        );

    [TestMethod]
    public Task Cancellation_WhileWaitingForTheAnswer_ReachesTheOtherEnd() =>
        RunAsync(
            ChannelOptions.Default,
            async near =>
            {
                using var stop = new CancellationTokenSource();
                using (var call = await OpenAsync(near, TestCommand.Never))
                {
                    var waiting = call.ReceiveAsync(stop.Token).AsTask();
                    await stop.CancelAsync();
                    await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
                }

                await Watch.UntilAsync(() => near.CallsInFlight == 0, "the other end did not notice");
            }
        );

    [TestMethod]
    public Task Cancellation_InTheMiddleOfPayload_LeavesNothingBehind() =>
        RunAsync(
            Small,
            async near =>
            {
                for (var i = 0; i < 30; i++)
                {
                    using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(i));
                    try
                    {
                        await near.EchoAsync(30 << 20, blockBytes: 100_000, cancellation: stop.Token);
                    }
                    catch (OperationCanceledException) { }
                }

                await near.EchoAsync(1 << 20);
            }
        );

    [TestMethod]
    public Task Deadline_NoAnswer_EndsTheCall() =>
        RunAsync(
            ChannelOptions.Default,
            async near =>
            {
                var head = new TestHead(TestCommand.Never);
                var failure = await Assert.ThrowsExactlyAsync<ChannelException>(() => near.AskAsync(head, TimeSpan.FromMilliseconds(100)));
                Assert.AreEqual(AbortCode.DeadlineExceeded, failure.Code);
            }
        );

    [TestMethod]
    public async Task Deadline_OtherEndKilled_EndsEveryCallAndWait()
    {
        await using var pair = Start(Small);
        var timeout = TimeSpan.FromMilliseconds(300);
        await pair.Near.EchoAsync(1000);
        pair.KillFar();
        // More than there are slots and arena: some wait for an answer, some for room.
        var calls = Enumerable.Range(0, 1500).Select(_ => pair.Near.EchoAsync(100_000, timeout: timeout)).ToArray();
        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsExactlyAsync<ChannelException>(() => call.WaitAsync(Watch.Dog));
            Assert.AreEqual(AbortCode.DeadlineExceeded, failure.Code);
        }
    }

    [TestMethod]
    public async Task Dispose_OtherEndKilled_FailsWhatIsInFlight()
    {
        await using var pair = Start(Small);
        await pair.Near.EchoAsync(1000);
        pair.KillFar();
        var calls = Enumerable.Range(0, 100).Select(_ => pair.Near.EchoAsync(1_000_000)).ToArray();
        pair.Near.Dispose();
        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsExactlyAsync<ChannelException>(() => call.WaitAsync(Watch.Dog));
            Assert.AreEqual(AbortCode.SessionLost, failure.Code);
        }
    }

    [TestMethod]
    public Task SlowReader_HoldsItsWindow_OthersGoOn() =>
        RunAsync(
            ChannelOptions.Default,
            async near =>
            {
                using var slow = await OpenAsync(near, TestCommand.Stall, final: false);
                var sending = TestClient.SendPatternAsync(slow, 50 << 20, 256 * 1024, CancellationToken.None);
                await Task.WhenAll(Enumerable.Range(0, 20).Select(i => near.EchoAsync(i * 100_000)));
                Assert.IsFalse(sending.IsCompleted);
                slow.Dispose();
                await sending.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Watch.Dog);
            }
        );

    [TestMethod]
    public Task Arena_UsedUpBySlowReaders_WaitsAndRecovers() =>
        RunAsync(
            Small,
            async near =>
            {
                var slow = new List<ChannelCall>();
                for (var i = 0; i < 4; i++)
                {
                    var call = await OpenAsync(near, TestCommand.Stall, final: false);
                    var block = await call.RentAsync(i == 3 ? 1024 : 128 * 1024);
                    call.Send(FrameKind.Data, block, block.Memory.Length, final: false);
                    slow.Add(call);
                }

                using var big = await OpenAsync(near, TestCommand.Never, final: false);
                var renting = big.RentAsync(1 << 20).AsTask();
                Assert.IsFalse(renting.IsCompleted);
                await near.EchoAsync(500);
                slow.ForEach(call => call.Dispose());
                big.Return(await renting.WaitAsync(Watch.Dog));
            }
        );

    [TestMethod]
    public async Task Session_TakenOverInTraffic_FailsWhatIsInFlightAndGoesOn()
    {
        await using var pair = Start(Small);
        await pair.Near.EchoAsync(1000);
        for (var round = 1; round <= 10; round++)
        {
            var near = pair.Near;
            var traffic = Enumerable
                .Range(0, 20)
                .Select(i =>
                    Task.WhenAll(
                        near.EchoAsync(20 << 20, blockBytes: 1 << 14),
                        near.AskAsync(new TestHead(TestCommand.CallBack, 5 << 20, 4))
                    )
                )
                .ToArray();
            await Task.Delay(round * 3);
            pair.TakeOver();
            foreach (var call in traffic)
            {
                // The end that is dead here would be a process that is gone; what is still read on its behalf may be another session's by then.
                var failure = await Assert.ThrowsAsync<Exception>(() => call.WaitAsync(Watch.Dog));
                Assert.IsTrue(failure is ChannelException or InvalidDataException, failure.ToString());
            }

            await pair.Near.EchoAsync(1 << 20).WaitAsync(Watch.Dog);
            Assert.AreEqual(round, (await pair.Near.ReportAsync()).Restarts);
        }

        await AssertNothingLeftAsync(pair.Near);
    }

    [TestMethod]
    public async Task RestartSession_WithAndWithoutCalls_ThoseInFlightFailAndLaterOnesDoNot()
    {
        await using var pair = Start(Small);
        await pair.Near.EchoAsync(1000);
        for (var round = 1; round <= 4; round++)
        {
            var traffic = Enumerable.Range(0, round % 2 * 8).Select(_ => pair.Near.AskAsync(new TestHead(TestCommand.Never))).ToArray();
            await Task.Delay(round);
            pair.Near.RestartSession();
            foreach (var call in traffic)
            {
                await Assert.ThrowsExactlyAsync<ChannelException>(() => call.WaitAsync(Watch.Dog));
            }

            await pair.Near.EchoAsync(1 << 20).WaitAsync(Watch.Dog);
            Assert.AreEqual(round, (await pair.Near.ReportAsync()).Restarts);
        }

        await AssertNothingLeftAsync(pair.Near);
    }

    [TestMethod]
    public async Task IdlePages_AfterLargePayload_GoBackToTheNode()
    {
        await using var pair = Start(ChannelOptions.Default);
        await pair.Near.EchoAsync(20 << 20);
        await AssertNothingLeftAsync(pair.Near);
        var memory = pair.Memory;
        var before = memory is null ? 0 : Descriptors.PopulatedBytes(memory);
        Assert.AreNotEqual(0, pair.Near.DiscardIdlePages());
        if (memory is not null)
        {
            Assert.IsLessThan(before - (1 << 20), Descriptors.PopulatedBytes(memory));
        }

        await pair.Near.EchoAsync(3 << 20);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_WhileIdlePagesAreGivenBack_AllComeBack()
    {
        await using var pair = Start(ChannelOptions.Default);
        for (var i = 0; i < 4000; i++)
        {
            // Once a call: what one leaves behind the next would clear away.
            var echo = pair.Near.EchoAsync(10_000);
            Thread.SpinWait(i % 500);
            pair.Near.DiscardIdlePages();
            await echo;
        }
    }

    /// <summary>Runs with fresh ends and looks for leftovers afterwards.</summary>
    private async Task RunAsync(ChannelOptions options, Func<ChannelPeer, Task> act)
    {
        await using var pair = Start(options);
        ProtocolViolationException? violation = null;
        pair.Near.Violated += found => violation = found;
        await act(pair.Near).WaitAsync(Watch.Dog);
        await AssertNothingLeftAsync(pair.Near);
        Assert.IsNull(violation);
    }

    private static async Task AssertNothingLeftAsync(ChannelPeer near)
    {
        for (var attempt = 0; ; attempt++)
        {
            var far = await near.ReportAsync();
            if (far is { CallsInFlight: 0, ArenaBytesInUse: 0 } && near is { CallsInFlight: 0, ArenaBytesInUse: 0 })
            {
                return;
            }

            Assert.IsLessThan(
                200,
                attempt,
                $"left: far {far.CallsInFlight} calls, {far.ArenaBytesInUse} bytes; near {near.CallsInFlight}, {near.ArenaBytesInUse}"
            );
            await Task.Delay(20);
        }
    }

    private static ValueTask<ChannelCall> OpenAsync(
        ChannelPeer near,
        TestCommand command,
        bool final = true,
        CancellationToken cancellation = default
    ) => near.OpenAsync(TestHead.Protocol, new TestHead(command), timeout: null, final, cancellation);
}
