using Nexus.Channel.Interop;
using Nexus.Channel.TestPeer;
using Nexus.Channel.Tests.Conformance;

namespace Nexus.Channel.Tests.Hostile;

/// <summary>Bytes change while they are read: the channel may end, the process and the other channels may not.</summary>
[TestClass]
public sealed class MutatorTests
{
    private static readonly ChannelOptions Small = new(RingEntries: 64, ArenaBytes: 1 << 20);

    [TestMethod]
    public async Task Region_FlippedWhileInUse_EndsOnlyItsChannel()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        await using var good = new LocalPair(Small, onHeap: true);
        var random = new Random(20260101);
        var (rounds, violated, before) = (0, 0, GC.GetTotalMemory(forceFullCollection: true));
        for (; !stop.IsCancellationRequested; rounds++)
        {
            violated += await RunMutatedAsync(random.Next(), stop.Token) ? 1 : 0;
            await good.Near.EchoAsync(300_000, cancellation: CancellationToken.None);
        }

        Assert.AreNotEqual(0, violated, $"{rounds} rounds without a violation: nothing was tested");
        Assert.IsLessThan(before + (64 << 20), GC.GetTotalMemory(forceFullCollection: true));
    }

    /// <summary>One channel with traffic both ways and a thread that flips bits of its header and rings.</summary>
    private static async Task<bool> RunMutatedAsync(int seed, CancellationToken stop)
    {
        using var pump = new ChannelPump("mutated", mostThreads: 4, spinMicroseconds: 0);
        var (toBackend, toGuest) = (EventDoorbell.Create(), EventDoorbell.Create());
        var service = new TestService();
        var region = ChannelRegion.CreateOnHeap(Small);
        region.AddReference();
        // For the mutator.
        region.AddReference();
        using var backend = new ChannelPeer(region, ChannelRole.Backend, toGuest, toBackend, service.Accept);
        using var guest = new ChannelPeer(region, ChannelRole.Guest, toBackend, toGuest, service.Accept);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backend.Violated += _ => ended.TrySetResult();
        guest.Violated += _ => ended.TrySetResult();
        var keys = (pump.Add(backend, toBackend), pump.Add(guest, toGuest));
        pump.Start();
        await backend.EchoAsync(1000, cancellation: CancellationToken.None).WaitAsync(Watch.Dog, CancellationToken.None);

        var traffic = new[] { backend, guest }
            .Select(peer => Task.Run(() => EchoUntilFailureAsync(peer), CancellationToken.None))
            .ToArray();
        var mutator = Task.Run(() => Mutate(region, new Random(seed), ended.Task, stop), CancellationToken.None);
        await mutator;
        backend.Dispose();
        guest.Dispose();
        await Task.WhenAll(traffic).WaitAsync(Watch.Dog, CancellationToken.None);
        pump.Remove(keys.Item1, toBackend);
        pump.Remove(keys.Item2, toGuest);
        region.ReleaseReference();
        await Watch.UntilAsync(() => region.IsUnmapped, "the region is still mapped");
        toBackend.Dispose();
        toGuest.Dispose();
        return ended.Task.IsCompleted;
    }

    private static void Mutate(ChannelRegion region, Random random, Task ended, CancellationToken stop)
    {
        var words = (int)ChannelLayout.ToBackendArenaOffset(region.Options) / 4;
        var end = DateTime.UtcNow + TimeSpan.FromMilliseconds(300);
        while (!ended.IsCompleted && DateTime.UtcNow < end && !stop.IsCancellationRequested)
        {
            // Header words are few; give them their share.
            var at = 4 * (random.Next(4) == 0 ? random.Next(16, 112) : random.Next(1024, words));
            region.Store32(at, random.Next(3) == 0 ? (uint)random.Next() : region.Load32(at) ^ (1u << random.Next(32)));
            Thread.SpinWait(random.Next(200));
        }
    }

    private static async Task EchoUntilFailureAsync(ChannelPeer peer)
    {
        try
        {
            while (!peer.IsClosed)
            {
                await Task.WhenAll(
                    peer.EchoAsync(10_000, timeout: TimeSpan.FromMilliseconds(200)),
                    peer.EchoAsync(200_000, timeout: TimeSpan.FromMilliseconds(200))
                );
            }
        }
        catch (Exception failure) when (failure is ChannelException or InvalidDataException)
        {
            // What a user of a broken channel may see.
        }
    }
}
