using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Virtio;

/// <summary>
/// What a device adds to the transport: its id, its configuration space and what it does with its queues (virtio specification 1.2, chapter 5). Every
/// member is called with the transport's gate held.
/// </summary>
internal abstract class VirtioDevice
{
    /// <summary>Entries of every queue at most; a power of two.</summary>
    public const int QueueEntries = 256;

    /// <summary>The device type's number.</summary>
    public abstract uint DeviceId { get; }

    /// <summary>The type's name in messages and metrics.</summary>
    public abstract string Name { get; }

    /// <summary>How many queues.</summary>
    public abstract int QueueCount { get; }

    /// <summary>Features of this type that are offered; the transport adds its own.</summary>
    public virtual ulong Features => 0;

    /// <summary>The configuration space as the guest reads it; bytes behind its end read as 0.</summary>
    public virtual ReadOnlySpan<byte> Configuration => [];

    /// <summary>The queues, set by the transport.</summary>
    public IReadOnlyList<VirtQueue> Queues { get; private set; } = [];

    /// <summary>The guest's memory, set by the transport.</summary>
    public GuestMemory Memory { get; private set; } = null!;

    /// <summary>Connects the device with its transport.</summary>
    public void Connect(GuestMemory memory, IReadOnlyList<VirtQueue> queues)
    {
        Memory = memory;
        Queues = queues;
    }

    /// <summary>The guest wrote into the configuration space; most devices have nothing to write.</summary>
    public virtual void WriteConfiguration(int offset, ReadOnlySpan<byte> data) { }

    /// <summary>The guest has put something into a queue.</summary>
    /// <returns>Whether anything was given back, so that the guest is to be interrupted.</returns>
    public abstract bool Process(int queue);

    /// <summary>The guest's driver has started with these features, or had before a restore.</summary>
    public virtual void Accept(ulong features) { }

    /// <summary>Whether the guest wants an interrupt for what was given back; a device that answers one queue in another asks all of them.</summary>
    public virtual bool WantsInterrupt(int queue)
    {
        for (var i = 0; i < Queues.Count; i++)
        {
            if (Queues[i].WantsInterrupt)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The guest starts over.</summary>
    public virtual void Reset() { }

    /// <summary>Writes what this type remembers besides its queues.</summary>
    public virtual void Save(StateWriter state) { }

    /// <summary>Reads it back.</summary>
    public virtual void Load(StateReader state) { }
}
