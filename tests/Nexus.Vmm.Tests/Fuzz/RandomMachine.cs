using Nexus.Vmm.Boot;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>What a machine is asked to be made from: sizes, devices, kernels and command lines, some right and many not.</summary>
internal sealed class RandomMachine : IDisposable
{
    private static readonly byte[] s_code = [0xF4];
    private readonly List<OwnedDescriptor> _files = [];

    public RandomMachine(Random random)
    {
        Options = new MachineOptions
        {
            MemoryBytes = random.Next(6) switch
            {
                0 => random.NextInt64(1L << 41),
                1 => -random.NextInt64(1L << 41),
                2 => random.Next(64) << 20,
                _ => 48 << 20,
            },
            Disks = [.. Files(random)],
            PersistentMemory = [.. Files(random)],
            HasBalloon = random.Next(2) == 0,
            HasEntropy = random.Next(2) == 0,
            Topology = random.Next(2) == 0 ? Topology.Acpi : Topology.CommandLine,
            AnnouncedSharedBytes = random.Next(3) == 0 ? random.NextInt64() : 0,
        };
        Boot = new BootOptions
        {
            Kernel = Kernel(random),
            Initrd = new byte[random.Next(4) == 0 ? random.Next(64 << 20) : 0],
            CommandLine = new string((char)random.Next(128), random.Next(4) == 0 ? random.Next(4096) : 10),
            Protocol = random.Next(2) == 0 ? BootProtocol.Linux64 : BootProtocol.Pvh,
        };
    }

    public MachineOptions Options { get; }

    public BootOptions Boot { get; }

    public void Dispose() => _files.ForEach(static file => file.Dispose());

    /// <summary>A kernel with a few wrong bytes in its headers, as long as it is still taken for one.</summary>
    private static KernelImage Kernel(Random random)
    {
        while (true)
        {
            var file = random.Next(2) == 0 ? TinyElf.Build(s_code, random.Next(2) == 0 ? 0x1000000u : null) : TinyBzImage.Build();
            for (var i = random.Next(4); i > 0; i--)
            {
                file[random.Next(Math.Min(file.Length, 0x300))] = (byte)random.Next(256);
            }

            try
            {
                return KernelImage.Parse(file);
            }
            catch (Nexus.Diagnostics.NexusException)
            {
                // Tried again: what is refused here never reaches a machine.
            }
        }
    }

    private IEnumerable<OwnedDescriptor> Files(Random random)
    {
        for (var i = random.Next(random.Next(4) == 0 ? 10 : 2); i > 0; i--)
        {
            var bytes = random.Next(6) == 0 ? random.Next(1 << 20) : 2 << 20;
            var file = MemoryMapping.CreateMemory("file", bytes);
            _files.Add(file);
            yield return file;
        }
    }
}
