using System.Buffers;
using Handlers;
using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host.Tests;

[TestClass]
public sealed class PayloadStreamTests
{
    [TestMethod]
    public async Task EventStream_KeptBeyondTheInvocation_RefusesEveryUse()
    {
        var (response, error) = await Subject.CallAsync("Contexts::Keep", "12345");

        Assert.IsNull(error, error?.ErrorMessage);
        Assert.AreEqual("\"5\"", response);
        var kept = Contexts.Kept!;
        Assert.ThrowsExactly<ObjectDisposedException>(() => kept.ReadByte());
        Assert.ThrowsExactly<ObjectDisposedException>(() => kept.CopyTo(Stream.Null));
        Assert.ThrowsExactly<ObjectDisposedException>(() => _ = kept.Length);
        Assert.ThrowsExactly<ObjectDisposedException>(() => _ = kept.Seek(0, SeekOrigin.Begin));
        Assert.IsFalse(kept.CanRead);
    }

    [TestMethod]
    public void EventStream_ReadAndSeek_BehavesLikeAMemoryStream()
    {
        var bytes = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        using var expected = new MemoryStream(bytes, writable: false);
        using var actual = new EventStream(bytes);
        foreach (
            var (offset, origin) in new[]
            {
                (0L, SeekOrigin.Begin),
                (-7L, SeekOrigin.End),
                (3L, SeekOrigin.Current),
                (200L, SeekOrigin.Begin),
            }
        )
        {
            Assert.AreEqual(expected.Seek(offset, origin), actual.Seek(offset, origin));
            var left = new byte[9];
            var right = new byte[9];
            Assert.AreEqual(expected.Read(left), actual.Read(right));
            CollectionAssert.AreEqual(left, right);
            Assert.AreEqual(expected.ReadByte(), actual.ReadByte());
            Assert.AreEqual(expected.Position, actual.Position);
        }
        Assert.Throws<ArgumentException>(() => actual.Seek(-1, SeekOrigin.Begin));
        Assert.ThrowsExactly<NotSupportedException>(() => actual.WriteByte(1));
    }

    [TestMethod]
    public void EventStream_CopyTo_IsOneWriteFromTheLentMemory()
    {
        using var input = new EventStream(new byte[1 << 20]);
        input.Position = 1;
        using var output = new CountingStream();

        input.CopyTo(output);

        Assert.AreEqual(1, output.Writes);
        Assert.AreEqual((1 << 20) - 1, output.Length);
    }

    [TestMethod]
    public async Task ResponseStream_WrittenInPieces_CollectsThemUntilReleased()
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using var stream = new ResponseStream(buffer);
        stream.WriteByte(1);
        stream.Write([2, 3], 0, 2);
        await stream.WriteAsync(new byte[] { 4 });

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, buffer.WrittenSpan.ToArray());
        Assert.AreEqual(4, stream.Position);
        stream.Release();
        Assert.ThrowsExactly<ObjectDisposedException>(() => stream.WriteByte(5));
        Assert.AreEqual(4, buffer.WrittenCount);
    }

    private sealed class CountingStream : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            base.Write(buffer);
        }
    }
}
