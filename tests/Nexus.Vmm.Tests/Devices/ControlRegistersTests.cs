using System.Buffers.Binary;
using Nexus.Vmm.Devices.Control;

namespace Nexus.Vmm.Tests.Devices;

[TestClass]
public sealed class ControlRegistersTests
{
    [TestMethod]
    public async Task Time_ReadInHalves_IsOneMomentOfTheHost()
    {
        var registers = new ControlRegisters(static () => { });
        Assert.AreEqual(0u, Read(registers, ControlRegisters.TimeUpper), "nobody has asked yet");

        var before = Now();
        var lower = Read(registers, ControlRegisters.Time);
        var after = Now();
        await Task.Delay(20);
        var time = ((ulong)Read(registers, ControlRegisters.TimeUpper) << 32) | lower;

        Assert.IsInRange(before, after, time);
        await Task.Delay(20);
        Assert.AreNotEqual(lower, Read(registers, ControlRegisters.Time));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(8)]
    public void Time_ReadInAnotherWidth_IsNothing(int width)
    {
        var data = new byte[width];
        data.AsSpan().Fill(0xFF);

        new ControlRegisters(static () => { }).ReadMemory(ControlRegisters.Time, data);

        CollectionAssert.AreEqual(new byte[width], data);
    }

    private static ulong Now() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    private static uint Read(ControlRegisters registers, ulong offset)
    {
        var data = new byte[4];
        registers.ReadMemory(offset, data);
        return BinaryPrimitives.ReadUInt32LittleEndian(data);
    }
}
