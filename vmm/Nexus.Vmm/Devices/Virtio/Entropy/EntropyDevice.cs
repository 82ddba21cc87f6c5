using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Devices.Virtio.Entropy;

/// <summary>Random bytes from the host (virtio specification 1.2, section 5.4).</summary>
internal sealed class EntropyDevice : VirtioDevice
{
    private const int MostPerRequest = 4096;

    public override uint DeviceId => 4;

    public override string Name => "entropy";

    public override int QueueCount => 1;

    public override bool Process(int queue)
    {
        var any = false;
        Span<byte> random = stackalloc byte[MostPerRequest];
        for (var i = 0; i < QueueEntries && Queues[0].TryTake(out var chain); i++)
        {
            var part = random[..(int)Math.Min(MostPerRequest, chain.WritableBytes)];
            KernelRandom.Fill(part);
            Queues[0].GiveBack(chain.Head, (uint)chain.Write(0, part));
            any = true;
        }

        return any;
    }
}
