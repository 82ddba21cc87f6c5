namespace Nexus.Vmm.Snapshots;

/// <summary>What can be told of a machine's state without a machine.</summary>
/// <param name="Cpuid">The processor features its guest was told, a kvm_cpuid2 structure.</param>
/// <param name="Registers">How many model-specific registers it holds.</param>
/// <param name="SavedAt">When it was taken, by its host's clock.</param>
/// <param name="Devices">The virtio devices' names, in their order.</param>
internal sealed record StateSummary(byte[] Cpuid, int Registers, DateTimeOffset SavedAt, IReadOnlyList<string> Devices)
{
    private const int SerialBytes = 8;
    private const int SleepBytes = 2;

    // Six registers of 4 bytes and one of 8, after the device's id.
    private const int TransportBytes = 32;
    private const int QueueBytes = 31;

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0934: it is not the state of a machine.</exception>
    public static StateSummary Of(ReadOnlyMemory<byte> bytes)
    {
        var state = new StateReader(bytes);
        state.GetBytes();
        var cpuid = state.GetBytes();
        // Registers, system registers, XSAVE, XCRs, debug registers, local APIC.
        Skip(state, 6);
        var registers = (int)Math.Min(state.Get32(), 4096);
        for (var i = 0; i < registers; i++)
        {
            state.Get32();
            state.Get64();
        }

        // Events, two PICs, I/O APIC, PIT, clock.
        Skip(state, 6);
        var savedAt = DateTimeOffset.UnixEpoch.AddTicks((long)(state.Get64() / 100));
        state.Skip(SerialBytes + SleepBytes);
        return new StateSummary(cpuid, registers, savedAt, ReadDevices(state));
    }

    private static List<string> ReadDevices(StateReader state)
    {
        var names = new List<string>();
        for (var left = Math.Min(state.Get32(), Memory.GuestLayout.MostVirtioDevices); left > 0; left--)
        {
            var id = state.Get32();
            var (name, queues) = id switch
            {
                1 => ("network", 2),
                2 => ("block", 1),
                3 => ("console", 4),
                4 => ("entropy", 1),
                5 => ("balloon", 3),
                27 => ("pmem", 1),
                _ => throw VmmDiagnostics.SnapshotMismatch.With($"a device of type {id}"),
            };
            names.Add(name);
            state.Skip(TransportBytes + (queues * QueueBytes));
            if (id is 1 or 5)
            {
                state.GetBytes();
            }
            else if (id == 3)
            {
                state.Skip(1);
                for (var messages = state.Get8(); messages > 0; messages--)
                {
                    state.GetBytes();
                }
            }
        }

        return names;
    }

    private static void Skip(StateReader state, int parts)
    {
        for (; parts > 0; parts--)
        {
            state.GetBytes();
        }
    }
}
