using Nexus.Channel.TestPeer;

namespace Nexus.Channel.Tests.Hostile;

/// <summary>Everything a guest may not publish ends its channel, once; everything it may does not.</summary>
[TestClass]
public sealed class MalformedFrameTests
{
    /// <summary>An id a guest may open a call with.</summary>
    private const uint Fresh = 0x400;

    /// <summary>A call the guest has open.</summary>
    private const uint Open = 0x401;

    /// <summary>A call the guest has sent to its end.</summary>
    private const uint Ended = 0x402;

    /// <summary>A call that is over on both sides.</summary>
    private const uint Over = 0x403;

    /// <summary>The backend's own call; its head's block is at 0.</summary>
    private const uint Backends = 0x8000_0400;

    private const ushort Refused = (ushort)AbortCode.Refused;

    public static IEnumerable<object[]> Malformed =>
        from sample in new (string Name, FrameDescriptor Frame)[]
        {
            ("kind 0", default),
            ("kind 7", new() { Kind = (FrameKind)7, CallId = Open }),
            ("kind 255", new() { Kind = (FrameKind)255, CallId = Open }),
            ("flag 2", Data(Open, 0, 1) with { Flags = (FrameFlags)2 }),
            ("flags 255", Data(Open, 0, 1) with { Flags = (FrameFlags)255 }),
            ("data with a code", Data(Open, 0, 1) with { Code = 1 }),
            ("data with a deadline", Data(Open, 0, 1) with { DeadlineMicroseconds = 1 }),
            ("data outside the arena", Data(Open, 1 << 20, 1)),
            ("data across the arena's end", Data(Open, (1 << 20) - 1, 2)),
            ("offset and length overflow 32 bits", Data(Open, uint.MaxValue, uint.MaxValue)),
            ("offset and length wrap to 0", Data(Open, 0x8000_0000, 0x8000_0000)),
            ("length of all bits", Data(Open, 0, uint.MaxValue)),
            ("empty data that is not final", Data(Open, 0, 0)),
            ("data of an unknown call", Data(0x7FF, 0, 1)),
            ("data of a call of another generation", Data(Open + 0x400, 0, 1)),
            ("data of an unknown backend call", Data(0x8000_0800, 0, 1)),
            ("data of a call that is over", Data(Over, 0, 1)),
            ("data after the final frame", Data(Ended, 0, 1)),
            ("final frame twice", Data(Ended, 0, 0) with { Flags = FrameFlags.Final }),
            ("trailers after the final frame", Data(Ended, 0, 1) with { Kind = FrameKind.Trailers }),
            ("head of the opener's", Data(Open, 0, 1) with { Kind = FrameKind.Head }),
            ("head larger than heads may be", Data(Backends, 0, 65537) with { Kind = FrameKind.Head }),
            ("trailers larger than heads may be", Data(Backends, 0, 65537) with { Kind = FrameKind.Trailers }),
            ("open with a head too large", Data(Fresh, 0, 65537) with { Kind = FrameKind.Open }),
            ("open of an open call", Data(Open, 0, 1) with { Kind = FrameKind.Open }),
            ("open of an ended call", Data(Ended, 0, 1) with { Kind = FrameKind.Open }),
            ("open of the id used last in its slot", Data(Over, 0, 1) with { Kind = FrameKind.Open }),
            ("open in a slot that is taken", Data(Open + 0x400, 0, 1) with { Kind = FrameKind.Open }),
            ("open with the backend's bit", Data(0x8000_0405, 0, 1) with { Kind = FrameKind.Open }),
            (
                "abort that is not final",
                new()
                {
                    Kind = FrameKind.Abort,
                    CallId = Open,
                    Code = Refused,
                }
            ),
            ("abort without a reason", Abort(Open, 0)),
            ("abort with an unknown reason", Abort(Open, 6)),
            ("abort with a reason peers do not send", Abort(Open, (ushort)AbortCode.SessionLost)),
            ("abort with a block", Abort(Open, Refused) with { Length = 1 }),
            ("abort of an unknown call", Abort(0x7FF, Refused)),
            ("release of nothing", new() { Kind = FrameKind.Release }),
            ("release with a call", Release(0) with { CallId = Open }),
            ("release that is final", Release(0) with { Flags = FrameFlags.Final }),
            ("release with a length", Release(0) with { Length = 1 }),
            ("release of a block never sent", Release(64 * 1024)),
            ("release inside a block", Release(1)),
            ("release outside the arena", Release(1 << 20)),
            ("release of all bits", Release(uint.MaxValue)),
            ("release twice at once", Release(0, 0)),
            ("10 releases", Release(0) with { ReleaseCount = 10 }),
            ("releases of all bits", Release(0) with { ReleaseCount = uint.MaxValue }),
        }
        select new object[] { sample.Name, sample.Frame };

    public static IEnumerable<object[]> WellFormed =>
        from sample in new (string Name, FrameDescriptor Frame)[]
        {
            ("data", Data(Open, (1 << 20) - 1, 1)),
            ("data of a whole arena", Data(Open, 0, 1 << 20)),
            ("final data", Data(Open, 0, 0) with { Flags = FrameFlags.Final }),
            ("trailers", Data(Open, 0, 1) with { Kind = FrameKind.Trailers }),
            ("open", Data(Fresh, 0, 65536) with { Kind = FrameKind.Open, DeadlineMicroseconds = ulong.MaxValue }),
            ("open without a head", Data(Fresh, uint.MaxValue >> 13, 0) with { Kind = FrameKind.Open }),
            ("open of a used slot's next id", Data(Over + 0x400, 0, 1) with { Kind = FrameKind.Open }),
            ("answer's head", Data(Backends, 0, 1) with { Kind = FrameKind.Head }),
            ("abort", Abort(Open, Refused)),
            ("abort of a call sent to its end", Abort(Ended, Refused)),
            ("abort that crossed the answer's end", Abort(Over, Refused)),
            ("release", Release(0)),
        }
        select new object[] { sample.Name, sample.Frame };

    [TestMethod]
    [DynamicData(nameof(Malformed))]
    public void Frame_Malformed_EndsTheChannelOnce(string name, object frame)
    {
        using var guest = Start(out var backends);
        guest.Publish((FrameDescriptor)frame);
        guest.Publish((FrameDescriptor)frame);
        guest.Drain();
        guest.Drain();
        Assert.HasCount(1, guest.Violations, name);
        Assert.IsTrue(guest.Backend.IsClosed);
        Assert.IsTrue(backends.Aborted.IsCancellationRequested || WaitForAbort(backends));
        backends.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(WellFormed))]
    public void Frame_WellFormed_IsTaken(string name, object frame)
    {
        using var guest = Start(out var backends);
        guest.Publish((FrameDescriptor)frame);
        guest.Drain();
        Assert.IsEmpty(guest.Violations, name);
        Assert.IsFalse(guest.Backend.IsClosed);
        backends.Dispose();
    }

    [TestMethod]
    public void Release_Twice_EndsTheChannel() => AssertViolates(Release(0), Release(0));

    [TestMethod]
    public void Abort_Twice_EndsTheChannel() => AssertViolates(Abort(Ended, Refused), Abort(Ended, Refused));

    [TestMethod]
    public void Head_Twice_EndsTheChannel() =>
        AssertViolates(Data(Backends, 0, 1) with { Kind = FrameKind.Head }, Data(Backends, 0, 1) with { Kind = FrameKind.Head });

    [TestMethod]
    public void Head_AfterPayload_EndsTheChannel() =>
        AssertViolates(Data(Backends, 0, 1), Data(Backends, 0, 1) with { Kind = FrameKind.Head });

    [TestMethod]
    public void Trailers_Twice_EndTheChannel() =>
        AssertViolates(Data(Open, 0, 1) with { Kind = FrameKind.Trailers }, Data(Open, 0, 1) with { Kind = FrameKind.Trailers });

    [TestMethod]
    public void Payload_AfterTrailers_EndsTheChannel() =>
        AssertViolates(Data(Open, 0, 1) with { Kind = FrameKind.Trailers }, Data(Open, 0, 1));

    [TestMethod]
    [DataRow(65u)]
    [DataRow(0x8000_0000u)]
    [DataRow(uint.MaxValue)]
    public void Tail_BeyondTheRing_EndsTheChannel(uint jump)
    {
        using var guest = new RawGuest();
        guest.SetTail(jump);
        guest.Drain();
        Assert.HasCount(1, guest.Violations);
    }

    [TestMethod]
    public async Task Head_BeyondWhatWasPublished_EndsTheChannelNotTheSender()
    {
        using var guest = new RawGuest();
        guest.SetHead(1000);
        for (var i = 0; i < 100; i++)
        {
            (await OpenAsync(guest)).Dispose();
        }

        guest.Drain();
        Assert.HasCount(1, guest.Violations);
    }

    /// <summary>A guest that never takes an answer cannot make the backend keep more and more of them.</summary>
    [TestMethod]
    public void Flood_OfCallsWhoseAnswersAreNotTaken_EndsTheChannel()
    {
        using var guest = new RawGuest();
        uint opened = 0;
        for (; guest.Violations.Count == 0 && opened < 200_000; opened++)
        {
            // Slots in turn, generations counting up: never an id that is in use.
            guest.Publish(
                Data((((opened >> 10) + 1) << 10) | (opened & 1023), 0, 1) with
                {
                    Kind = FrameKind.Open,
                    Flags = FrameFlags.Final,
                }
            );
            guest.Drain();
            guest.Calls.ForEach(call => call.Dispose());
            guest.Calls.Clear();
        }

        Assert.HasCount(1, guest.Violations);
        Assert.IsLessThan(50_000u, opened);
    }

    [TestMethod]
    public void Flood_OfPayloadNobodyReads_EndsTheChannel()
    {
        using var guest = Start(out var backends);
        var sent = 0;
        for (; guest.Violations.Count == 0 && sent < 100_000; sent++)
        {
            guest.Publish(Data(Open, 0, 1));
            guest.Drain();
        }

        // A block per smallest block of its arena.
        Assert.IsLessThanOrEqualTo(1025, sent);
        backends.Dispose();
    }

    /// <summary>The doorbell for room in the ring may be answered by a thread that finds another one draining, too late in that drain to see the room.</summary>
    [TestMethod]
    public async Task Arm_RoomWasMadeAfterTheLastLook_SendsWhatDidNotFit()
    {
        using var guest = new RawGuest();
        var calls = new List<ChannelCall>();
        for (var i = 0; i < 100; i++)
        {
            calls.Add(await OpenAsync(guest));
        }

        guest.Drain();
        var full = guest.BackendTail;
        guest.SetHead(64);
        guest.Backend.Arm();
        var afterwards = guest.BackendTail;

        calls.ForEach(static call => call.Dispose());
        Assert.AreEqual(64u, full);
        Assert.AreEqual(100u, afterwards);
    }

    [TestMethod]
    public void Arm_GuestThatIsStuckInAnOldSession_LetsThePumpSleep()
    {
        using var guest = new RawGuest();
        guest.SetTail(17);
        guest.Region.AddReference();
        using var next = new ChannelPeer(guest.Region, ChannelRole.Backend, guest.Doorbell, new SilentDoorbell(), _ => { }, takeOver: true);
        var ready = new List<IThreadPoolWorkItem>();
        Assert.IsTrue(next.Drain(ready));
        Assert.IsTrue(next.Arm());
    }

    private static void AssertViolates(FrameDescriptor allowed, FrameDescriptor thenNot)
    {
        using var guest = Start(out var backends);
        guest.Publish(allowed);
        guest.Drain();
        Assert.IsEmpty(guest.Violations);
        guest.Publish(thenNot);
        guest.Drain();
        Assert.HasCount(1, guest.Violations);
        backends.Dispose();
    }

    private static RawGuest Start(out ChannelCall backends)
    {
        var guest = new RawGuest();
        guest.Publish(Data(Open, 0, 1) with { Kind = FrameKind.Open });
        guest.Publish(Data(Ended, 0, 1) with { Kind = FrameKind.Open, Flags = FrameFlags.Final });
        guest.Publish(Data(Over, 0, 1) with { Kind = FrameKind.Open, Flags = FrameFlags.Final });
        guest.Drain();
        guest.Calls[2].Complete();
        backends = OpenAsync(guest).AsTask().GetAwaiter().GetResult();
        Assert.AreEqual(Backends, backends.Id);
        Assert.AreEqual(3, guest.Backend.CallsInFlight);
        return guest;
    }

    private static ValueTask<ChannelCall> OpenAsync(RawGuest guest) =>
        guest.Backend.OpenAsync(TestHead.Protocol, new TestHead(TestCommand.Echo), timeout: null, final: false);

    private static bool WaitForAbort(ChannelCall call) => call.Aborted.WaitHandle.WaitOne(Watch.Dog);

    private static FrameDescriptor Data(uint call, uint offset, uint length) =>
        new()
        {
            Kind = FrameKind.Data,
            CallId = call,
            Offset = offset,
            Length = length,
        };

    private static FrameDescriptor Abort(uint call, ushort code) =>
        new()
        {
            Kind = FrameKind.Abort,
            Flags = FrameFlags.Final,
            CallId = call,
            Code = code,
        };

    private static FrameDescriptor Release(params ReadOnlySpan<uint> offsets)
    {
        var descriptor = new FrameDescriptor { Kind = FrameKind.Release, ReleaseCount = (uint)offsets.Length };
        for (var i = 0; i < offsets.Length; i++)
        {
            descriptor.Releases[i] = offsets[i];
        }

        return descriptor;
    }
}
