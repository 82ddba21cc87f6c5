using System.Buffers.Binary;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Devices.Virtio.Pmem;

/// <summary>
/// A file as read-only memory at a guest address: the guest maps the host's page cache without copying (virtio specification 1.2, section 5.19). A store of
/// the guest into it is swallowed.
/// </summary>
internal sealed class PmemDevice : VirtioDevice, IDisposable
{
    /// <summary>Linux rejects a region that is not a multiple of this.</summary>
    public const long Alignment = 2 << 20;
    private readonly MemoryMapping _mapping;
    private readonly byte[] _configuration = new byte[16];

    /// <param name="image">Its length must be a multiple of 2 MiB.</param>
    /// <param name="address">Where the guest sees it.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0913.</exception>
    public PmemDevice(OwnedDescriptor image, ulong address)
    {
        var length = image.Length;
        if (length == 0 || length % Alignment != 0)
        {
            throw VmmDiagnostics.BadDisk.With($"{length} bytes; memory needs a multiple of 2 MiB");
        }

        Address = address;
        _mapping = MemoryMapping.Shared(image, length, writable: false);
        BinaryPrimitives.WriteUInt64LittleEndian(_configuration, address);
        BinaryPrimitives.WriteUInt64LittleEndian(_configuration.AsSpan(8), (ulong)length);
    }

    public override uint DeviceId => 27;

    public override string Name => "pmem";

    public override int QueueCount => 1;

    public override ReadOnlySpan<byte> Configuration => _configuration;

    public ulong Address { get; }

    /// <summary>Shows the file to the guest.</summary>
    public void Attach(KvmVm vm, int slot) => vm.SetMemory(slot, Address, (ulong)_mapping.Length, _mapping.HostAddress, readOnly: true);

    /// <summary>Flush requests: nothing was written, so all of it is stored already.</summary>
    public override bool Process(int queue)
    {
        var any = false;
        for (var i = 0; i < QueueEntries && Queues[0].TryTake(out var chain); i++)
        {
            Queues[0].GiveBack(chain.Head, (uint)chain.Write(0, [0, 0, 0, 0]));
            any = true;
        }

        return any;
    }

    public void Dispose() => _mapping.Dispose();
}
