using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>How a guest ends.</summary>
internal static class GuestEnd
{
    /// <summary>The program never ran.</summary>
    public const int NotStarted = 125;

    // vmm/Nexus.Vmm/Devices/Control/ControlRegisters.cs has the same.
    private const uint OutOfMemoryFlag = 0x100;

    /// <summary>Tells the monitor the exit code that is to be its own, which ends the machine; returns where the monitor does not listen.</summary>
    public static void Report(KernelParameters parameters, int status, bool isOutOfMemory)
    {
        Console.Out.Flush();
        Terminal.Drain();
        if (parameters.Address("nexus.exit") is { } address)
        {
            InitNative.StorePhysical(address, (uint)status | (isOutOfMemory ? OutOfMemoryFlag : 0));
        }
    }

    public static void PowerOff()
    {
        InitNative.PowerOff();
        Thread.Sleep(Timeout.Infinite);
    }
}
