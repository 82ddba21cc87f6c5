using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>Tells the monitor how far this program is, where the monitor wants to know (vmm/Nexus.Vmm/Devices/Control/ControlRegisters.cs has the same numbers).</summary>
internal static class GuestStage
{
    /// <summary>The kernel has come to its first program.</summary>
    public const uint Started = 0;

    /// <summary>The images are the root.</summary>
    public const uint Mounted = 1;

    /// <summary>The guest's own program runs.</summary>
    public const uint Spawned = 2;

    public static void Reach(KernelParameters parameters, uint stage)
    {
        if (parameters.Address("nexus.stage") is { } register)
        {
            InitNative.StorePhysical(register, stage);
        }
    }
}
