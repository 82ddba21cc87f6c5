namespace Nexus.Channel.Tests.Litmus;

/// <summary>What a ring must never get wrong. The same checks must find each ring that is broken on purpose.</summary>
[TestClass]
public sealed class LitmusTests
{
    private const int Frames = 20_000;
    private static readonly TimeSpan Stuck = TimeSpan.FromMilliseconds(500);

    [TestMethod]
    public void Frames_ReadWhileWritten_AreWhole()
    {
        Assert.IsNull(FindTornFrame(() => new LitmusRing()));
        Assert.IsNull(StressFrames(new LitmusRing()));
    }

    [TestMethod]
    public void Frames_ReadWhileWritten_CatchesPublishingFirst() => Assert.IsNotNull(FindTornFrame(() => new BrokenRingPublishesFirst()));

    [TestMethod]
    public void Frames_ReadWhileWritten_CatchesOverwriting() => Assert.IsNotNull(FindTornFrame(() => new BrokenRingNeverFull()));

    [TestMethod]
    public void Sleeper_FrameAtAnyMoment_IsWoken()
    {
        Assert.IsNull(FindLostWakeUp(() => new LitmusRing()));
        Assert.IsNull(StressWakeUps(new LitmusRing()));
    }

    [TestMethod]
    public void Sleeper_FrameAtAnyMoment_CatchesSleepingUnseen() => Assert.IsNotNull(FindLostWakeUp(() => new BrokenRingSleepsUnseen()));

    [TestMethod]
    public void Sleeper_FrameAtAnyMoment_CatchesWakingTooEarly() => Assert.IsNotNull(FindLostWakeUp(() => new BrokenRingWakesTooEarly()));

    [TestMethod]
    public void Tail_OutOfRange_IsAViolation() => Assert.IsNull(FindTrust(new LitmusRing()));

    [TestMethod]
    public void Tail_OutOfRange_CatchesTrust() => Assert.IsNotNull(FindTrust(new BrokenRingTrustsTheTail()));

    /// <summary>Fills and empties the ring by every step, the consumer also looking while a frame is being published.</summary>
    private static string? FindTornFrame(Func<LitmusRing> create)
    {
        for (var burst = 1; burst <= 70; burst++)
        {
            var ring = create();
            var (published, expected) = (0u, 1u);
            string? found = null;
            ring.Meanwhile = Take;
            for (var i = 0; i < 3 * burst && found is null; i++)
            {
                if (ring.TryPublish(new FrameDescriptor { CallId = published + 1, Offset = ~(published + 1) }))
                {
                    published++;
                }

                for (var j = 0; i % burst == burst - 1 && j < burst; j++)
                {
                    Take();
                }
            }

            ring.Region.ReleaseReference();
            if (found is not null)
            {
                return found;
            }

            void Take()
            {
                try
                {
                    if (ring.TryTake(out var descriptor) && (descriptor.CallId != expected || descriptor.Offset != ~expected++))
                    {
                        found ??= $"frame {descriptor.CallId} for {expected}";
                    }
                }
                catch (ProtocolViolationException violation)
                {
                    found ??= violation.Message;
                }
            }
        }

        return null;
    }

    /// <summary>The consumer falls asleep before, within, between and after the producer's two steps.</summary>
    private static string? FindLostWakeUp(Func<LitmusRing> create)
    {
        for (var moment = 0; moment < 4; moment++)
        {
            var ring = create();
            bool? sleeps = null;
            ring.Meanwhile = moment == 1 ? Arm : null;
            ArmAt(0);
            ring.TryPublish(new FrameDescriptor { CallId = 1 });
            ArmAt(2);
            var rung = ring.ConsumerWantsDoorbell();
            ArmAt(3);
            ring.Region.ReleaseReference();
            if (sleeps == true && !rung)
            {
                return $"asleep with a frame in the ring, moment {moment}";
            }

            void Arm() => sleeps = ring.Arm();

            void ArmAt(int point)
            {
                if (moment == point)
                {
                    Arm();
                }
            }
        }

        return null;
    }

    private static string? StressFrames(LitmusRing ring)
    {
        string? found = null;
        var producer = Run(() =>
        {
            for (uint i = 1; i <= Frames && Volatile.Read(ref found) is null; i++)
            {
                var descriptor = new FrameDescriptor { CallId = i, Offset = ~i };
                while (!ring.TryPublish(descriptor) && Volatile.Read(ref found) is null)
                {
                    Thread.Yield();
                }
            }
        });
        var last = DateTime.UtcNow;
        for (uint expected = 1; expected <= Frames && found is null; )
        {
            try
            {
                if (ring.TryTake(out var descriptor))
                {
                    var whole = descriptor.CallId == expected && descriptor.Offset == ~expected;
                    Volatile.Write(ref found, whole ? null : $"frame {descriptor.CallId} for {expected}");
                    expected++;
                    last = DateTime.UtcNow;
                }
                else if (DateTime.UtcNow - last > Watch.Dog)
                {
                    Volatile.Write(ref found, $"no frame {expected}");
                }
            }
            catch (ProtocolViolationException violation)
            {
                Volatile.Write(ref found, violation.Message);
            }
        }

        producer.Join();
        ring.Region.ReleaseReference();
        return found;
    }

    /// <summary>One frame at a time; the consumer sleeps whenever it may.</summary>
    private static string? StressWakeUps(LitmusRing ring)
    {
        const int rounds = 30_000;
        using var doorbell = new SemaphoreSlim(0);
        uint taken = 0;
        string? found = null;
        var producer = Run(() =>
        {
            for (uint i = 1; i <= rounds && Volatile.Read(ref found) is null; i++)
            {
                // Anywhere around the moment at which the consumer falls asleep.
                Thread.SpinWait((int)(i % 61));
                ring.TryPublish(new FrameDescriptor { CallId = i });
                if (ring.ConsumerWantsDoorbell())
                {
                    doorbell.Release();
                }

                SpinWait.SpinUntil(() => Volatile.Read(ref taken) == i || Volatile.Read(ref found) is not null);
            }
        });
        while (taken < rounds && found is null)
        {
            if (ring.TryTake(out var descriptor))
            {
                Volatile.Write(ref taken, descriptor.CallId);
            }
            else if (ring.Arm() && !doorbell.Wait(Stuck) && ring.TryTake(out descriptor))
            {
                Volatile.Write(ref found, $"frame {descriptor.CallId} lay there while the consumer slept");
            }
        }

        producer.Join();
        ring.Region.ReleaseReference();
        return found;
    }

    private static string? FindTrust(LitmusRing ring)
    {
        ring.Region.Store32(ChannelLayout.ToGuestControlOffset + ChannelLayout.TailOffset, 1000);
        try
        {
            return ring.TryTake(out _) ? "took a frame nobody can have published" : null;
        }
        catch (ProtocolViolationException)
        {
            return null;
        }
        finally
        {
            ring.Region.ReleaseReference();
        }
    }

    private static Thread Run(ThreadStart work)
    {
        var thread = new Thread(work) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
