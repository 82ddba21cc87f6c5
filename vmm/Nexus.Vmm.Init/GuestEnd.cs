using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>How a guest ends.</summary>
internal static class GuestEnd
{
    /// <summary>The program never ran.</summary>
    public const int NotStarted = 125;

    /// <summary>Tells the monitor the exit code that is to be its own.</summary>
    public static void Report(KernelParameters parameters, int status)
    {
        if (parameters.Address("nexus.exit") is { } address)
        {
            InitNative.StorePhysical(address, (uint)status);
        }
    }

    public static void PowerOff()
    {
        Console.Out.Flush();
        InitNative.PowerOff();
        Thread.Sleep(Timeout.Infinite);
    }
}
