using System.Security.Cryptography;
using CsCheck;
using Nexus.Diagnostics;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Tests.Snapshots;

[TestClass]
public sealed class SnapshotFileTests
{
    private const int Pages = 64;
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] State = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 7))];

    private static readonly byte[] Media = [.. Enumerable.Repeat((byte)9, 32)];

    [TestMethod]
    public void Read_WhatWasWritten_IsTheSameMemoryAndState()
    {
        using var snapshot = VerifiedSnapshot.Read(new MemoryStream(Sample()), Key);

        using var memory = MemoryMapping.Private(snapshot.Memory, snapshot.MemoryBytes);
        CollectionAssert.AreEqual(State, snapshot.State.ToArray());
        CollectionAssert.AreEqual(Media, snapshot.Media.ToArray());
        for (var page = 0; page < Pages; page++)
        {
            Assert.IsTrue(memory.Slice(page * 4096, 4096).SequenceEqual(Page(page)), $"page {page}");
        }

        CollectionAssert.AreEqual(new (uint, uint)[] { (3, 2), (10, 1), (63, 1) }, snapshot.Runs.ToArray());
    }

    [TestMethod]
    public void Read_OneBitFlippedAnywhere_IsRefused()
    {
        var sample = Sample();
        Gen.Select(Gen.Int[0, sample.Length - 1], Gen.Int[0, 7])
            .Sample(
                (at, bit) =>
                {
                    var file = (byte[])sample.Clone();
                    file[at] ^= (byte)(1 << bit);
                    Refused(file, Key);
                },
                iter: 2000
            );
        // And every byte of what is not a page.
        foreach (
            var at in Enumerable.Range(0, SnapshotFormat.HeaderBytes + State.Length + 24).Concat(Enumerable.Range(sample.Length - 32, 32))
        )
        {
            var file = (byte[])sample.Clone();
            file[at] ^= 0x10;
            Refused(file, Key);
        }
    }

    [TestMethod]
    public void Read_CutShortOrExtended_IsRefused()
    {
        var sample = Sample();
        foreach (var length in new[] { 0, 7, 103, 104, 150, 230, sample.Length - 33, sample.Length - 1 })
        {
            Assert.AreEqual("NEXUS0930", Refused(sample[..length], Key));
        }

        Assert.AreEqual("NEXUS0930", Refused([.. sample, 0], Key));
    }

    [TestMethod]
    public void Read_OtherKey_IsRefused() => Assert.AreEqual("NEXUS0931", Refused(Sample(), new byte[32]));

    [TestMethod]
    public void Read_OtherVersion_IsRefusedAsThat()
    {
        var file = Sample();
        file[SnapshotFormat.VersionOffset] = 1;

        Assert.AreEqual("NEXUS0932", Refused(file, Key));
    }

    [TestMethod]
    public void Read_Memory_CannotBeWrittenAfterwards()
    {
        using var snapshot = VerifiedSnapshot.Read(new MemoryStream(Sample()), Key);

        Assert.ThrowsExactly<System.ComponentModel.Win32Exception>(() => MemoryMapping.Shared(snapshot.Memory, snapshot.MemoryBytes));
    }

    [TestMethod]
    public void Format_Offsets_AreFrozen()
    {
        Assert.AreEqual(0x314D56535558454Eul, SnapshotFormat.Magic);
        Assert.AreEqual(2u, SnapshotFormat.Version);
        CollectionAssert.AreEqual(
            new[] { 0, 8, 12, 16, 24, 28, 32, 40, 72, 104, 8, 32 },
            new[]
            {
                SnapshotFormat.MagicOffset,
                SnapshotFormat.VersionOffset,
                SnapshotFormat.StateBytesOffset,
                SnapshotFormat.MemoryBytesOffset,
                SnapshotFormat.RunCountOffset,
                SnapshotFormat.ReservedOffset,
                SnapshotFormat.PageCountOffset,
                SnapshotFormat.CpuOffset,
                SnapshotFormat.MediaOffset,
                SnapshotFormat.HeaderBytes,
                SnapshotFormat.RunBytes,
                SnapshotFormat.CodeBytes,
            }
        );
    }

    [TestMethod]
    public void Write_Sample_IsTheGoldenFile() =>
        // A change here is a new version of the format.
        Assert.AreEqual("7CB2A638DFF093CBB57253FCA73F83600F544DA57FAADE66A551B0A03210C058", Convert.ToHexString(SHA256.HashData(Sample())));

    private static string Refused(byte[] file, byte[] key)
    {
        var error = Assert.ThrowsExactly<NexusException>(() => VerifiedSnapshot.Read(new MemoryStream(file), key).Dispose());
        Assert.IsTrue(error.Diagnostic.Id is "NEXUS0930" or "NEXUS0931" or "NEXUS0932", error.Message);
        return error.Diagnostic.Id;
    }

    private static byte[] Page(int number)
    {
        var page = new byte[4096];
        if (number is 3 or 4 or 10 or 63)
        {
            page.AsSpan().Fill((byte)number);
        }

        return page;
    }

    private static byte[] Sample()
    {
        var stream = new MemoryStream();
        SnapshotWriter.Write(stream, Key, State, new byte[SnapshotFormat.CpuBytes], Media, Pages, number => Page((int)number));
        return stream.ToArray();
    }
}
