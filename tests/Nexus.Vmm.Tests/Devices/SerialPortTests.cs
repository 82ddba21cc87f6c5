using Nexus.Vmm.Devices.Serial;

namespace Nexus.Vmm.Tests.Devices;

[TestClass]
public sealed class SerialPortTests
{
    [TestMethod]
    public void WritePort_Data_ComesOutAndInterruptsOnlyWhenAsked()
    {
        var output = new List<byte>();
        var interrupts = 0;
        var port = new SerialPort(output.Add, () => interrupts++);

        port.WritePort(0, [65]);
        Assert.AreEqual(0, interrupts);
        port.WritePort(1, [2]);
        port.WritePort(0, [66]);

        CollectionAssert.AreEqual(new byte[] { 65, 66 }, output);
        Assert.AreEqual(2, interrupts);
        Assert.AreEqual(2, Read(port, 2) & 0xF);
        Assert.AreEqual(1, Read(port, 2) & 0xF);
    }

    [TestMethod]
    public void Receive_MoreThanItsBuffer_KeepsTheBeginningAndItsBound()
    {
        var port = new SerialPort(static _ => { }, static () => { });
        for (var i = 0; i < 10_000; i++)
        {
            port.Receive([(byte)i]);
        }

        for (var i = 0; i < 4096; i++)
        {
            Assert.AreEqual(0x61, Read(port, 5));
            Assert.AreEqual((byte)i, Read(port, 0));
        }

        Assert.AreEqual(0x60, Read(port, 5));
    }

    [TestMethod]
    public void WritePort_Loopback_ComesBackAsAKernelsProbeExpects()
    {
        var output = new List<byte>();
        var port = new SerialPort(output.Add, static () => { });
        port.WritePort(4, [0x1A]);

        Assert.AreEqual(0x90, Read(port, 6) & 0xF0);
        port.WritePort(0, [0x55]);
        Assert.AreEqual(0x55, Read(port, 0));
        Assert.IsEmpty(output);
    }

    private static byte Read(SerialPort port, int offset)
    {
        Span<byte> data = [0xFF];
        port.ReadPort(offset, data);
        return data[0];
    }
}
