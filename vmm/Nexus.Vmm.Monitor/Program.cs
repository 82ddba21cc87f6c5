using Nexus.Diagnostics;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Monitor;
using Nexus.Vmm.Snapshots;

// One virtual machine: its serial port is this program's output, and its end is this program's end.
// usage: nexus-vmm --kernel FILE [--initrd FILE] [--append TEXT] [--memory MIB] [--disk FILE]... [--pmem FILE]... [--protocol linux|pvh] [--kvm FD]
//                  [--init FILE] [--launch FILE] [--modules FOLDER]      (what the initial file system is to hold besides)
//                  [--region FD --to-host FD --to-guest FD]              (the channel: its memory and its doorbells)
//                  [--out-of-memory FD]                                  (a file to write into when that was why the guest's program was killed)
//                  [--trim FD]                                           (an eventfd that says that the guest is idle: it gives back what it does not need)
//                  [--net FD]                                            (a network card on a tap device or a datagram socket)
//                  [--suspend-memory FD --suspend-state FD --shared-pages N]  (stop where the guest would join its channel, and leave it in two memfds)
//                  [--suspend-memory FD --suspend-state FD --suspend-on FD ...]  (the same, when an eventfd says so)
//                  [--stages FD]                                         (a line for each stage of the start)
//        nexus-vmm --resume-memory FD --resume-state FD ...              (go on from there, with the same devices)
//                  [--working-set FD] [--record-set FD --record-on FD]   (load the pages ahead that another clone touched; write those that this one has)
//                  [--start-on FD]                                       (not before a byte comes out of this pipe)
//        nexus-vmm save|load --memory FD --state FD --file FD --key FILE --images DIGEST    (such two memfds into a file, and back)
//        nexus-vmm inspect --file FD --key FILE | kernel --file FILE     (say what a file is)
var started = System.Diagnostics.Stopwatch.GetTimestamp();
StageLog? stages = null;
try
{
    if (args is [var command, .. var rest] && !command.StartsWith('-'))
    {
        return SnapshotFiles.Run(command, rest);
    }

    var arguments = MonitorArguments.Parse(args);
    stages = arguments.Stages;
    stages?.Note("monitor", started);
    stages?.Note("arguments");
    using var kvm = KvmSystem.Open(arguments.Kvm);
    using var output = Console.OpenStandardOutput();
    var options = arguments.Machine with { SerialOutput = output.WriteByte };
    using var machine = arguments.Resume is { } suspended
        ? SuspendedMachine.Resume(kvm, options, suspended.Memory, suspended.State)
        : VirtualMachine.Boot(kvm, options, arguments.Boot!);
    ((IDisposable?)arguments.KernelFile)?.Dispose();
    if (arguments.SuspendState is { } state)
    {
        return await Suspension.RunAsync(machine, state, arguments.SuspendOn);
    }

    if (arguments.WorkingSet is { } set && WorkingSet.Load(set, machine.Memory) is { } known)
    {
        known.Prefetch(machine.Memory);
        stages?.Note("prefetched");
    }

    // Whoever holds the other end and dies will never want this machine.
    if (arguments.StartOn is { } start && !start.WaitForByte())
    {
        return 0;
    }

    if (arguments.Record is { } record)
    {
        WorkingSetRecorder.Start(machine.Memory, record.Set, record.On);
    }

    machine.Start();
    var exit = await machine.Exit;
    if (exit.Error is { } error)
    {
        throw error;
    }

    if (machine.Devices.Control.RanOutOfMemory)
    {
        arguments.OutOfMemory?.TryWrite("out of memory\n"u8);
    }

    return machine.Devices.Control.Reported ?? 0;
}
catch (NexusException failure)
{
    Console.Error.WriteLine($"error: {failure.Message}");
    stages?.Fail(failure.Message);
    return 1;
}
