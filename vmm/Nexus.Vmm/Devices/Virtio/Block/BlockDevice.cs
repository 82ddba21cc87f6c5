using System.Buffers.Binary;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Devices.Virtio.Block;

/// <summary>A read-only disk; its content is in the host's page cache once for all machines (virtio specification 1.2, section 5.2).</summary>
internal sealed class BlockDevice : VirtioDevice
{
    private const int Sector = 512;
    private const int HeaderBytes = 16;
    private const ulong ReadOnly = 1ul << 5;
    private const int IdentityBytes = 20;
    private readonly OwnedDescriptor _image;
    private readonly byte[] _configuration = new byte[60];
    private readonly byte[] _identity = new byte[IdentityBytes];
    private readonly ulong _sectors;

    /// <param name="image">A file or memfd; its length is taken once.</param>
    /// <param name="identity">What /sys shows as serial number; the first 20 bytes count.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0913.</exception>
    public BlockDevice(OwnedDescriptor image, ReadOnlySpan<byte> identity)
    {
        var length = image.Length;
        if (length == 0 || length % Sector != 0)
        {
            throw VmmDiagnostics.BadDisk.With($"{length} bytes");
        }

        _image = image;
        _sectors = (ulong)(length / Sector);
        BinaryPrimitives.WriteUInt64LittleEndian(_configuration, _sectors);
        identity[..Math.Min(identity.Length, IdentityBytes)].CopyTo(_identity);
    }

    public override uint DeviceId => 2;

    public override string Name => "block";

    public override int QueueCount => 1;

    public override ulong Features => ReadOnly;

    public override ReadOnlySpan<byte> Configuration => _configuration;

    /// <summary>Bytes read by the guest so far.</summary>
    public long BytesRead { get; private set; }

    public override bool Process(int queue)
    {
        var any = false;
        // One thread fills the queue and it stands still meanwhile; the bound is for whatever else can write to its memory.
        for (var i = 0; i < QueueEntries && Queues[0].TryTake(out var chain); i++)
        {
            Queues[0].GiveBack(chain.Head, Serve(chain));
            any = true;
        }

        return any;
    }

    private uint Serve(DescriptorChain chain)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (chain.Read(0, header) != HeaderBytes || chain.WritableBytes == 0)
        {
            throw new GuestViolationException($"a disk request of {chain.ReadableBytes} and {chain.WritableBytes} bytes");
        }

        var (status, written) = (BlockRequest)BinaryPrimitives.ReadUInt32LittleEndian(header) switch
        {
            BlockRequest.In => Read(chain, BinaryPrimitives.ReadUInt64LittleEndian(header[8..])),
            BlockRequest.Flush => (BlockStatus.Ok, 0u),
            BlockRequest.GetIdentity => (BlockStatus.Ok, (uint)chain.Write(0, _identity)),
            BlockRequest.Out => (BlockStatus.Error, 0u),
            _ => (BlockStatus.Unsupported, 0u),
        };
        chain.Write(chain.WritableBytes - 1, [(byte)status]);
        return written + 1;
    }

    private (BlockStatus Status, uint Written) Read(DescriptorChain chain, ulong sector)
    {
        // The last writable byte is the status.
        var bytes = chain.WritableBytes - 1;
        if (sector > _sectors || (ulong)bytes > (_sectors - sector) * Sector || bytes % Sector != 0)
        {
            return (BlockStatus.Error, 0);
        }

        var position = (long)sector * Sector;
        var left = bytes;
        foreach (var (address, length) in chain.Writable)
        {
            var part = (int)Math.Min(length, left);
            if (_image.ReadAt(Memory.Slice(address, part), position) != part)
            {
                return (BlockStatus.Error, 0);
            }

            position += part;
            left -= part;
        }

        BytesRead += bytes;
        return (BlockStatus.Ok, (uint)bytes);
    }
}
