using System.Diagnostics;

namespace Nexus.Bench.Channel;

/// <summary>Round trips, sizes and throughput between two processes, with a Unix-domain socket beside it.</summary>
internal static class ChannelBenchmark
{
    private const int SpinMicroseconds = 50;
    private static readonly int[] Sizes = [0, 1 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20];

    public static async Task<int> RunAsync(Report report)
    {
        using var asleep = new ChannelPair(spinMicroseconds: 0);
        using var polling = new ChannelPair(SpinMicroseconds);
        using var socket = new SocketBaseline();
        await RoundTripsAsync(report, asleep, polling, socket);
        await SizesAsync(report, asleep, polling, socket);
        await ThroughputAsync(report, asleep, polling, socket);
        return 0;
    }

    private static async Task RoundTripsAsync(Report report, ChannelPair asleep, ChannelPair polling, SocketBaseline socket)
    {
        const int warmUp = 20_000;
        const int count = 50_000;
        await AddRowAsync("channel, both asleep", asleep.Process, () => asleep.RoundTripAsync(1024));
        await AddRowAsync("channel, both polling", polling.Process, () => polling.RoundTripAsync(1024));
        await AddRowAsync("Unix-domain socket", socket.Process, () => Sync(() => socket.RoundTrip(1024, 1024)));
        report.Write("1 KB round trip");

        async Task AddRowAsync(string name, PeerProcess process, Func<ValueTask> roundTrip)
        {
            await RepeatAsync(warmUp, roundTrip);
            var before = process.Cpu();
            var samples = await RepeatAsync(count, roundTrip);
            var after = process.Cpu();
            report.Add(
                ("", name),
                ("p50 us", samples.Microseconds(0.5)),
                ("p99 us", samples.Microseconds(0.99)),
                ("p99.9 us", samples.Microseconds(0.999)),
                ("CPU us here", (after.Here - before.Here) / count),
                ("CPU us there", (after.There - before.There) / count)
            );
        }
    }

    private static async Task SizesAsync(Report report, ChannelPair asleep, ChannelPair polling, SocketBaseline socket)
    {
        foreach (var size in Sizes)
        {
            var count = Math.Clamp((256 << 20) / (size + 4096), 30, 5000);
            report.Add(
                ("bytes each way", size),
                ("asleep p50 us", (await RepeatAsync(count, () => asleep.RoundTripAsync(size))).Microseconds(0.5)),
                ("polling p50 us", (await RepeatAsync(count, () => polling.RoundTripAsync(size))).Microseconds(0.5)),
                ("socket p50 us", (await RepeatAsync(count, () => Sync(() => socket.RoundTrip(size, size)))).Microseconds(0.5))
            );
        }

        report.Write("Round trip by size, payload written and read on both sides");
    }

    private static async Task ThroughputAsync(Report report, ChannelPair asleep, ChannelPair polling, SocketBaseline socket)
    {
        const int blocks = 4096;
        await AddRowAsync("channel, asleep", asleep, () => asleep.StreamAsync((long)blocks << 20));
        await AddRowAsync("channel, polling", polling, () => polling.StreamAsync((long)blocks << 20));
        await AddRowAsync(
            "Unix-domain socket",
            null,
            () =>
                Sync(() =>
                {
                    for (var i = 0; i < blocks; i++)
                    {
                        socket.RoundTrip(1 << 20, 0);
                    }
                })
        );
        report.Write("1 MiB payloads one way, written once and read once");

        async Task AddRowAsync(string name, ChannelPair? pair, Func<ValueTask> transfer)
        {
            await transfer();
            var (copied, payload) = (pair?.Backends[0].BytesCopied ?? 0, pair?.Backends[0].PayloadBytes ?? 0);
            var start = Stopwatch.GetTimestamp();
            await transfer();
            var gigabytes = blocks / 1024.0 * 1.073741824 / Stopwatch.GetElapsedTime(start).TotalSeconds;
            object perByte = pair is null
                ? "2 (in the kernel)"
                : (double)(pair.Backends[0].BytesCopied - copied) / (pair.Backends[0].PayloadBytes - payload);
            report.Add(("", name), ("GB/s", gigabytes), ("bytes copied per payload byte", perByte));
        }
    }

    private static async Task<Samples> RepeatAsync(int count, Func<ValueTask> work)
    {
        var samples = new Samples(count);
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await work().ConfigureAwait(false);
            samples.Add(start);
        }

        return samples;
    }

    private static ValueTask Sync(Action work)
    {
        work();
        return ValueTask.CompletedTask;
    }
}
