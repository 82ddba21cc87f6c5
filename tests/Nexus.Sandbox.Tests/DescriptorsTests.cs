using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Interop;
using Nexus.Channel.Interop;

namespace Nexus.Sandbox.Tests;

[TestClass]
public sealed class DescriptorsTests
{
    [TestMethod]
    public void IsNonBlockingEvent_ADoorbell_IsOne()
    {
        using var doorbell = EventDoorbell.Create();
        Assert.IsTrue(Descriptors.IsNonBlockingEvent(doorbell.Descriptor));
    }

    /// <summary>What a guest could have put in a doorbell's place: ringing it would hang the thread that does.</summary>
    [TestMethod]
    public void IsNonBlockingEvent_APipeOrAFile_IsNone()
    {
        var (read, write) = Descriptors.Pipe();
        using SafeFileHandle reading = read;
        using SafeFileHandle writing = write;
        using var file = Descriptors.MemoryFile("not-a-doorbell", [1]);
        Assert.IsFalse(Descriptors.IsNonBlockingEvent(writing));
        Assert.IsFalse(Descriptors.IsNonBlockingEvent(file));
    }
}
