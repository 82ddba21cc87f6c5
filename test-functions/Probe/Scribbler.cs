using Microsoft.Win32.SafeHandles;

namespace Probe;

/// <summary>Writes random bytes into whatever shared memory the process inherited, as a program with a wild pointer might.</summary>
internal static class Scribbler
{
    private const int Memory = 3;
    private const int Doorbell = 4;
    private const int HeaderBytes = 4096;

    public static ProbeAnswer Scribble(int seed)
    {
        var random = new Random(seed);
        using var memory = new SafeFileHandle(Memory, ownsHandle: false);
        using var bell = new FileStream(new SafeFileHandle(Doorbell, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var garbage = new byte[256 * 1024];
        var length = RandomAccess.GetLength(memory);
        for (var round = 0; round < 50; round++)
        {
            random.NextBytes(garbage);
            // The control words, the descriptors behind them, or anything at all.
            var (offset, count) = (seed % 3) switch
            {
                0 => (192, HeaderBytes - 192),
                1 => (64, garbage.Length),
                _ => (random.NextInt64(length - garbage.Length), garbage.Length),
            };
            RandomAccess.Write(memory, garbage.AsSpan(0, count), offset);
            if (seed % 3 != 0)
            {
                RandomAccess.Write(memory, garbage.AsSpan(0, 256), 192);
            }

            bell.Write([1, 0, 0, 0, 0, 0, 0, 0]);
            Thread.Sleep(2);
        }

        return new() { Text = "scribbled" };
    }
}
