using System.Buffers.Binary;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http.Tests;

[TestClass]
public sealed class LongHeadTests
{
    [TestMethod]
    public void Add_Frames_AreJoined()
    {
        var head = new LongHead();
        Assert.IsFalse(head.Add([5, 0, 0, 0, 1, 2]));
        Assert.IsTrue(head.Add([3, 4, 5]));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5 }, head.Bytes.ToArray());
    }

    [TestMethod]
    public void Add_MoreThanAnnounced_IsRefused() =>
        Assert.ThrowsExactly<ProtocolViolationException>(() => new LongHead().Add([1, 0, 0, 0, 1, 2]));

    [TestMethod]
    public void Add_LengthBeyondTheMost_IsRefused()
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, HttpInterim.MostHeadBytes + 1);
        Assert.ThrowsExactly<ProtocolViolationException>(() => new LongHead().Add(bytes));
        Assert.ThrowsExactly<ProtocolViolationException>(() => new LongHead().Add([1]));
    }
}
