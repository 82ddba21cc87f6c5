using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Interop;

namespace Nexus.Backend.Sandbox;

/// <summary>A virtual machine that stands still: any number of machines go on from there.</summary>
/// <param name="Memory">Its memory, frozen; pages that clones only read are shared by all of them.</param>
/// <param name="State">Its processor and devices, frozen.</param>
internal sealed record SuspendedGuest(SafeFileHandle Memory, SafeFileHandle State) : IDisposable
{
    private int _recording;

    /// <summary>The pages that the first clone touched until it had answered; empty and not frozen until they are known.</summary>
    public SafeFileHandle WorkingSet { get; } = Descriptors.SealableMemory("working-set");

    /// <summary>True for one clone, which is to record them.</summary>
    public bool TakeRecording() => Interlocked.Exchange(ref _recording, 1) == 0;

    /// <summary>Empty, for a monitor to fill and freeze.</summary>
    public static SuspendedGuest Create() => new(Descriptors.SealableMemory("guest-memory"), Descriptors.SealableMemory("guest-state"));

    public void Dispose()
    {
        Memory.Dispose();
        State.Dispose();
        WorkingSet.Dispose();
    }
}
