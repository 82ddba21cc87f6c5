using System.Buffers.Binary;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Virtio.Balloon;

/// <summary>Takes memory back from a guest: on request, and whatever it reports as free (virtio specification 1.2, section 5.5).</summary>
/// <param name="reports">Whether the guest is to report what is free.</param>
internal sealed class BalloonDevice(bool reports = true) : VirtioDevice
{
    private const int InflateQueue = 0;

    // Without statistics and hints, the reporting queue is the third one.
    private const int ReportingQueue = 2;
    private const ulong DeflateOnOutOfMemory = 1ul << 2;
    private const ulong Reporting = 1ul << 5;
    private const int MostPagesPerRequest = 256;
    private readonly byte[] _configuration = new byte[16];

    public override uint DeviceId => 5;

    public override string Name => "balloon";

    public override int QueueCount => 3;

    public override ulong Features => DeflateOnOutOfMemory | (reports ? Reporting : 0);

    public override ReadOnlySpan<byte> Configuration => _configuration;

    /// <summary>Pages of 4 KiB that the guest is asked to give up; it does so over time. The transport tells it.</summary>
    public uint TargetPages
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(_configuration);
        set => BinaryPrimitives.WriteUInt32LittleEndian(_configuration, value);
    }

    /// <summary>Pages that the guest says it has given up.</summary>
    public uint ActualPages => BinaryPrimitives.ReadUInt32LittleEndian(_configuration.AsSpan(4));

    /// <summary>Bytes given back by reports of free pages so far.</summary>
    public long ReportedBytes { get; private set; }

    public override void WriteConfiguration(int offset, ReadOnlySpan<byte> data)
    {
        if (offset == 4 && data.Length == 4)
        {
            data.CopyTo(_configuration.AsSpan(4));
        }
    }

    public override bool Process(int queue)
    {
        var any = false;
        for (var i = 0; i < QueueEntries && Queues[queue].TryTake(out var chain); i++)
        {
            if (queue == ReportingQueue)
            {
                Report(chain);
            }
            else if (queue == InflateQueue)
            {
                Inflate(chain);
            }

            // Deflating needs nothing: pages come back when they are touched.
            Queues[queue].GiveBack(chain.Head, 0);
            any = true;
        }

        return any;
    }

    public override void Save(StateWriter state) => state.PutBytes(_configuration);

    public override void Load(StateReader state) => state.GetBytes(_configuration.Length).CopyTo(_configuration, 0);

    private void Report(DescriptorChain chain)
    {
        foreach (var (address, length) in chain.Writable)
        {
            Memory.Discard(address, (uint)length);
            ReportedBytes += length;
        }
    }

    private void Inflate(DescriptorChain chain)
    {
        Span<byte> frames = stackalloc byte[MostPagesPerRequest * 4];
        var bytes = chain.Read(0, frames);
        for (var i = 0; i + 4 <= bytes; i += 4)
        {
            Memory.Discard(BinaryPrimitives.ReadUInt32LittleEndian(frames[i..]) * (ulong)GuestMemory.Page, (uint)GuestMemory.Page);
        }
    }
}
