using System.Buffers.Binary;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Virtio.Net;

/// <summary>
/// A network card (virtio specification 1.2, section 5.1) on a link that was passed in. Functions through Nexus have none; it is there for what must have a
/// network, and to measure what a function costs that brings its own.
/// </summary>
internal sealed class NetDevice : VirtioDevice
{
    public const int ReceiveQueue = 0;
    private const int TransmitQueue = 1;
    private const int AddressBytes = 6;

    // A segment that is not cut yet, with its headers.
    private const int LargestMessage = FrameLink.HeaderBytes + 65_550;
    private const int BufferCountOffset = 10;
    private const ulong HasAddress = 1ul << 5;

    // Offered where the host's kernel does the rest: checksums left open and segments not cut, in both directions.
    private const ulong HostChecksum = 1ul << 0;
    private const ulong GuestChecksum = 1ul << 1;
    private const ulong GuestSegments4 = 1ul << 7;
    private const ulong GuestSegments6 = 1ul << 8;
    private const ulong HostSegments4 = 1ul << 11;
    private const ulong HostSegments6 = 1ul << 12;
    private const ulong Offloads = HostChecksum | GuestChecksum | GuestSegments4 | GuestSegments6 | HostSegments4 | HostSegments6;
    private readonly FrameLink _link;
    private readonly byte[] _address = new byte[AddressBytes];
    private readonly byte[] _incoming = new byte[LargestMessage];
    private readonly byte[] _outgoing = new byte[LargestMessage];
    private int _waiting;

    public NetDevice(FrameLink link)
    {
        _link = link;
        KernelRandom.Fill(_address);
        // Given by nobody, and no group's.
        _address[0] = (byte)((_address[0] & 0xFC) | 2);
    }

    public override uint DeviceId => 1;

    public override string Name => "net";

    public override int QueueCount => 2;

    public override ulong Features => HasAddress | (_link.IsTap ? Offloads : 0);

    public override ReadOnlySpan<byte> Configuration => _address;

    /// <summary>Signalled when the guest has made room after a frame had to wait.</summary>
    public EventFile Room { get; } = EventFile.Create();

    /// <summary>Whether a frame waits for room in the guest.</summary>
    public bool IsFull => _waiting > 0;

    /// <summary>Frames that reached the guest.</summary>
    public long Received { get; private set; }

    /// <summary>Frames that the guest sent.</summary>
    public long Sent { get; private set; }

    public override void Accept(ulong features) =>
        _link.Accept(
            ((features & GuestChecksum) != 0 ? 1u : 0)
                | ((features & GuestSegments4) != 0 ? 2u : 0)
                | ((features & GuestSegments6) != 0 ? 4u : 0)
        );

    public override bool Process(int queue) => queue == TransmitQueue ? Transmit() : Receive();

    // The other queue's wish says nothing: a driver wants no interrupt for each frame that it sends.
    public override bool WantsInterrupt(int queue) => Queues[queue].WantsInterrupt;

    public override void Reset() => _waiting = 0;

    // A frame that waits is lost with the snapshot, as frames are.
    public override void Save(StateWriter state) => state.PutBytes(_address);

    public override void Load(StateReader state)
    {
        Reset();
        state.GetBytes(AddressBytes).CopyTo(_address, 0);
    }

    private bool Receive()
    {
        var any = false;
        for (var i = 0; i < QueueEntries; i++)
        {
            if (_waiting == 0)
            {
                _waiting = _link.Receive(_incoming);
            }

            if (_waiting == 0 || !Queues[ReceiveQueue].TryTakeStored(out var chain))
            {
                break;
            }

            // The link leaves it open; without merged buffers it is always one.
            BinaryPrimitives.WriteUInt16LittleEndian(_incoming.AsSpan(BufferCountOffset), 1);
            // A buffer too small for the frame goes back empty, which drivers count as an error of their own.
            var written = chain.WritableBytes >= _waiting ? chain.Write(0, _incoming.AsSpan(0, _waiting)) : 0;
            Queues[ReceiveQueue].GiveBack(chain.Head, (uint)written);
            Received++;
            _waiting = 0;
            any = true;
        }

        if (_waiting == 0)
        {
            Room.Signal();
        }

        return any;
    }

    private bool Transmit()
    {
        var any = false;
        for (var i = 0; i < QueueEntries && Queues[TransmitQueue].TryTake(out var chain); i++)
        {
            if (chain.ReadableBytes is > FrameLink.HeaderBytes and <= LargestMessage)
            {
                _link.Send(_outgoing.AsSpan(0, chain.Read(0, _outgoing)));
                Sent++;
            }

            Queues[TransmitQueue].GiveBack(chain.Head, 0);
            any = true;
        }

        return any;
    }
}
