using Nexus.Vmm.Acpi;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Devices.Control;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Machine;

/// <summary>One virtual machine with one processor, from its making to its end. It runs once.</summary>
internal sealed class VirtualMachine : IDisposable
{
    private readonly MachineOptions _options;
    private readonly KvmVm _vm;
    private readonly KvmVcpu _vcpu;
    private readonly VcpuThread _thread;
    private readonly TaskCompletionSource<MachineExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConsoleTail _tail = new();
    private readonly Action _beforeThreads;
    private RelayThread? _relay;
    private RelayThread? _frames;
    private RelayThread? _trimming;

    private VirtualMachine(KvmSystem system, MachineOptions options, GuestMemory memory, Action? beforeThreads)
    {
        _options = options;
        _beforeThreads = beforeThreads ?? (static () => { });
        Memory = memory;
        _vm = system.CreateVm();
        _vm.CreateInterruptControllers();
        memory.Attach(_vm);
        Devices = new DeviceSet(_vm, memory, options with { SerialOutput = Print }, kind => _thread!.EndAfterAccess(kind));
        _vcpu = _vm.CreateVcpu(0);
        Cpuid = GuestCpuid.For(system);
        _vcpu.SetCpuid(Cpuid);
        StateMsrs = system.StateMsrs();
        _thread = new VcpuThread(_vcpu, Devices, End, _beforeThreads);
        options.Stages?.Invoke("machine");
    }

    public GuestMemory Memory { get; }

    public DeviceSet Devices { get; }

    /// <summary>The processor; to be touched only while it stands still.</summary>
    public KvmVcpu Vcpu => _vcpu;

    /// <summary>The virtual machine as KVM sees it.</summary>
    public KvmVm Vm => _vm;

    /// <summary>What the guest was told its processor can do.</summary>
    public CpuidTable Cpuid { get; }

    /// <summary>The registers that make up the processor's state on this host.</summary>
    public uint[] StateMsrs { get; }

    /// <summary>What the machine consists of.</summary>
    public MachineOptions Options => _options;

    /// <summary>How often the guest needed the monitor.</summary>
    public long Exits => _thread.Exits;

    /// <summary>The end of the serial output.</summary>
    public string ConsoleText => _tail.Text;

    /// <summary>Completes when the machine has ended.</summary>
    public Task<MachineExit> Exit => _exit.Task;

    /// <summary>A machine about to boot a kernel.</summary>
    /// <param name="system">KVM.</param>
    /// <param name="options">The devices.</param>
    /// <param name="boot">The kernel and what goes with it.</param>
    /// <param name="beforeThreads">Run on every thread that serves the guest, before it does.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0903, NEXUS0911 to NEXUS0913.</exception>
    public static VirtualMachine Boot(KvmSystem system, MachineOptions options, BootOptions boot, Action? beforeThreads = null)
    {
        options.Check();
        var memory = options.MemoryFile is { } file ? GuestMemory.Over(file, options.MemoryBytes) : GuestMemory.Create(options.MemoryBytes);
        VirtualMachine? machine = null;
        try
        {
            machine = new VirtualMachine(system, options, memory, beforeThreads);
            var commandLine = boot.CommandLine + machine.Parameters();
            BootLoader.Load(memory, boot.Kernel, boot.Protocol, boot.Initrd.Span, commandLine);
            if (options.Topology == Topology.Acpi)
            {
                AcpiTables.Write(memory, machine.Devices.Virtio.Count);
            }

            // With ACPI's tables too, which win: a kernel looks for this one before it looks for those, and through all of 64 KiB unless it finds it.
            MpTable.Write(memory);

            BootProcessor.Prepare(machine._vcpu, boot.Kernel, boot.Protocol);
            return machine;
        }
        catch
        {
            machine?.Dispose();
            memory.Dispose();
            throw;
        }
    }

    /// <summary>A machine whose state is about to be loaded.</summary>
    public static VirtualMachine ForRestore(KvmSystem system, MachineOptions options, GuestMemory memory, Action? beforeThreads = null)
    {
        options.Check();
        return new VirtualMachine(system, options, memory, beforeThreads);
    }

    /// <summary>The guest's first instruction, or the next one after a restore.</summary>
    public void Start()
    {
        var trim = _options.Trim is null ? null : new BalloonTrim(Devices, Memory);
        if (_options.Trim is { } asked)
        {
            _trimming = trim!.Start(asked, Violated, _beforeThreads);
        }

        if (_options.Shared is { } shared && Devices.WakePort is { } port)
        {
            _relay = WakeRelay.Start(shared.ToGuest, port, trim, Violated, _beforeThreads);
        }

        if (_options.Network is { } link && Devices.Card is { } card)
        {
            _frames = FrameRelay.Start(link, card, Violated, _beforeThreads);
        }

        _options.Stages?.Invoke("running");
        _thread.Start();
    }

    /// <summary>Stands still; false if the machine has ended.</summary>
    public bool Pause() => _thread.Pause();

    /// <summary>No doorbell reaches the guest any more: it is about to stand still for good.</summary>
    public void StopWaking()
    {
        _relay?.Dispose();
        _relay = null;
    }

    public void Resume() => _thread.Resume();

    /// <summary>Ends it and everything it holds.</summary>
    public void Dispose()
    {
        _relay?.Dispose();
        _frames?.Dispose();
        _trimming?.Dispose();
        _thread.Stop();
        _exit.TrySetResult(new MachineExit(ExitKind.Stopped, ""));
        _vcpu.Dispose();
        _vm.Dispose();
        Devices.Dispose();
        Memory.Dispose();
    }

    private void Violated(string reason) => _exit.TrySetResult(new MachineExit(ExitKind.Violated, reason));

    private void Print(byte value)
    {
        _tail.Add(value);
        _options.SerialOutput(value);
    }

    private void End(ExitKind kind, string detail)
    {
        if (kind is ExitKind.Reset or ExitKind.Crashed && _tail.PanicReason is { } reason)
        {
            (kind, detail) = (ExitKind.Panicked, reason);
        }

        _exit.TrySetResult(new MachineExit(kind, detail));
    }

    /// <summary>What the guest must be told besides the tables.</summary>
    private string Parameters()
    {
        var text =
            $" nexus.exit=0x{GuestLayout.Control + ControlRegisters.ExitCode:x} nexus.snapshot=0x{GuestLayout.Control + ControlRegisters.Snapshot:x}"
            + $" nexus.time=0x{GuestLayout.Control + ControlRegisters.Time:x}";
        if (_options.Stages is not null)
        {
            text += $" nexus.stage=0x{GuestLayout.Control + ControlRegisters.Stage:x}";
        }

        if (_options.Topology == Topology.CommandLine)
        {
            for (var i = 0; i < Devices.Virtio.Count; i++)
            {
                var address = GuestLayout.VirtioDevices + ((ulong)i * GuestLayout.VirtioDeviceBytes);
                text += $" virtio_mmio.device=4K@0x{address:x}:{GuestLayout.FirstVirtioLine + i}";
            }
        }

        var sharedBytes = _options.Shared?.Memory.Length ?? _options.AnnouncedSharedBytes;
        return sharedBytes > 0
            ? $"{text} nexus.shared=0x{GuestLayout.SharedRegion:x},{sharedBytes} nexus.doorbell=0x{GuestLayout.Doorbell:x}"
            : text;
    }
}
