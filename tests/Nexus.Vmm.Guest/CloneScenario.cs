using Nexus.Vmm.TestInit.Interop;

namespace Nexus.Vmm.TestInit;

/// <summary>A guest that is cloned: it counts, and shows what must differ between clones and what must not.</summary>
internal static class CloneScenario
{
    private const int Ticks = 2000;

    public static void Run()
    {
        // Enough state that a page lost or mixed up shows.
        var pages = new byte[8 << 20];
        new Random(1).NextBytes(pages);
        var sum = Sum(pages);
        Console.WriteLine("guest: ready");
        for (var tick = 0; tick < Ticks; tick++)
        {
            Thread.Sleep(100);
            var intact = Sum(pages) == sum;
            Console.WriteLine(
                $"guest: tick {tick} intact={intact} random={Convert.ToHexString(ReadRandom())} clock={DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}"
            );
            // The next reading of the clock comes after this line has been seen.
            GuestNative.DrainOutput();
        }
    }

    private static ulong Sum(byte[] bytes)
    {
        var sum = 0ul;
        for (var i = 0; i < bytes.Length; i += 64)
        {
            sum = (sum * 31) + bytes[i];
        }

        return sum;
    }

    private static byte[] ReadRandom()
    {
        using var device = File.OpenRead("/dev/hwrng");
        var random = new byte[16];
        device.ReadExactly(random);
        return random;
    }
}
