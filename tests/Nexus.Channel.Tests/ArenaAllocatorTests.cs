using CsCheck;

namespace Nexus.Channel.Tests;

[TestClass]
public sealed class ArenaAllocatorTests
{
    private static readonly Gen<(bool Allocate, int Number)[]> Steps = Gen.Select(
        Gen.Bool,
        Gen.OneOf(Gen.Int[0, 5000], Gen.Int[0, ChannelLayout.MaxBlockBytes])
    ).Array[1, 300];

    /// <summary>Against the simplest model there is: a list of the blocks in use.</summary>
    [TestMethod]
    [DataRow(1 << 20)]
    [DataRow(4 << 20)]
    [DataRow(64 << 20)]
    public void Allocator_AnySequence_AgreesWithAListOfBlocks(int arenaBytes) =>
        Steps.Sample(
            steps =>
            {
                var allocator = new ArenaAllocator(arenaBytes);
                var blocks = new List<(int Offset, int Size)>();
                foreach (var (allocate, number) in steps)
                {
                    if (allocate)
                    {
                        var size = allocator.RoundUp(number);
                        var offset = allocator.Allocate(number);
                        Assert.IsGreaterThanOrEqualTo(number, size);
                        if (offset < 0)
                        {
                            Assert.IsFalse(IsRoomFor(size, blocks, arenaBytes), $"no room for {size}");
                            continue;
                        }

                        Assert.AreEqual(0, offset % size, "not aligned to its size");
                        Assert.IsLessThanOrEqualTo(arenaBytes, offset + size);
                        Assert.IsFalse(blocks.Exists(b => offset < b.Offset + b.Size && b.Offset < offset + size), "overlaps");
                        Assert.IsLessThanOrEqualTo(allocator.HighWater, offset + size);
                        blocks.Add((offset, size));
                    }
                    else if (blocks.Count > 0)
                    {
                        var (offset, size) = blocks[number % blocks.Count];
                        blocks.RemoveAt(number % blocks.Count);
                        Assert.IsTrue(allocator.IsRented(offset));
                        allocator.MarkSent(offset);
                        Assert.IsTrue(allocator.IsSent((uint)offset));
                        Assert.AreEqual(size, allocator.Free(offset));
                        Assert.IsFalse(allocator.IsSent((uint)offset));
                    }

                    Assert.AreEqual(blocks.Sum(b => b.Size), allocator.UsedBytes);
                }

                blocks.ForEach(b => allocator.Free(b.Offset));
                Assert.AreEqual(0, allocator.UsedBytes);
                for (var i = 0; i < arenaBytes / ChannelLayout.MaxBlockBytes; i++)
                {
                    Assert.IsGreaterThanOrEqualTo(0, allocator.Allocate(ChannelLayout.MaxBlockBytes), "free blocks were not joined");
                }
            },
            iter: 300
        );

    [TestMethod]
    public void IsSent_AnyNumberOfThePeers_NeverThrows()
    {
        var allocator = new ArenaAllocator(1 << 20);
        var sent = (uint)allocator.Allocate(1024);
        allocator.MarkSent((int)sent);
        Gen.UInt.Sample(offset => allocator.IsSent(offset) == (offset == sent), iter: 10_000);
    }

    [TestMethod]
    public void ForgetHighWater_AfterUse_StartsAtTheBottomAgain()
    {
        var allocator = new ArenaAllocator(4 << 20);
        int[] blocks = [.. Enumerable.Range(0, 4).Select(_ => allocator.Allocate(1 << 20))];
        Array.ForEach(blocks, block => allocator.Free(block));
        Assert.AreEqual(4 << 20, allocator.HighWater);
        allocator.ForgetHighWater();
        Assert.AreEqual(0, allocator.HighWater);
        Assert.AreEqual(0, allocator.Allocate(1));
    }

    private static bool IsRoomFor(int size, List<(int Offset, int Size)> blocks, int arenaBytes)
    {
        for (var at = 0; at < arenaBytes; at += size)
        {
            if (!blocks.Exists(b => at < b.Offset + b.Size && b.Offset < at + size))
            {
                return true;
            }
        }

        return false;
    }
}
