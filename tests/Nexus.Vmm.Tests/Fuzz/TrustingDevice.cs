using Nexus.Vmm.Devices.Virtio;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>A device as it must not be: it uses a number of the guest's for an index.</summary>
internal sealed class TrustingDevice : VirtioDevice
{
    private readonly byte[] _table = new byte[8];

    public override uint DeviceId => 4;

    public override string Name => "trusting";

    public override int QueueCount => 1;

    public override bool Process(int queue)
    {
        Span<byte> index = stackalloc byte[1];
        while (Queues[0].TryTake(out var chain))
        {
            _ = chain.Read(0, index);
            chain.Write(0, [_table[index[0]]]);
            Queues[0].GiveBack(chain.Head, 1);
        }

        return true;
    }
}
