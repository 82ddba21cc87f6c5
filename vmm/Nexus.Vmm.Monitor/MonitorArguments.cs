using System.Globalization;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Images;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;

namespace Nexus.Vmm.Monitor;

/// <summary>What the monitor was told to boot. A file is a path, or <c>fd:N</c> for a descriptor that was passed in.</summary>
internal sealed class MonitorArguments
{
    private readonly List<OwnedDescriptor> _disks = [];
    private readonly List<OwnedDescriptor> _memories = [];

    /// <summary>/dev/kvm, if it was passed in.</summary>
    public int? Kvm { get; private set; }

    public MachineOptions Machine { get; private set; } = new();

    /// <summary>What to boot; null for a machine that is resumed.</summary>
    public BootOptions? Boot { get; private set; }

    /// <summary>The kernel's file; of no use once it is in a machine's memory.</summary>
    public MappedFile? KernelFile { get; private set; }

    /// <summary>Where the state of a machine goes that is to be suspended; null for an ordinary one.</summary>
    public OwnedDescriptor? SuspendState { get; private set; }

    /// <summary>Rung when the machine is to be suspended; null where the guest says so itself.</summary>
    public EventFile? SuspendOn { get; private set; }

    /// <summary>Memory and state of a suspended machine; null for one that boots.</summary>
    public (OwnedDescriptor Memory, OwnedDescriptor State)? Resume { get; private set; }

    /// <summary>A file that stays empty unless the guest's program ended because its memory was used up; null for none.</summary>
    public OwnedDescriptor? OutOfMemory { get; private set; }

    /// <summary>Where stages are told; null for nowhere.</summary>
    public StageLog? Stages { get; private set; }

    /// <summary>A pipe that says when a machine that is resumed is to run; null for at once.</summary>
    public OwnedDescriptor? StartOn { get; private set; }

    /// <summary>The pages that an earlier clone touched; null where nobody knows.</summary>
    public OwnedDescriptor? WorkingSet { get; private set; }

    /// <summary>Where the pages go that this clone has touched when the eventfd is rung; null for nowhere.</summary>
    public (OwnedDescriptor Set, EventFile On)? Record { get; private set; }

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0910 to NEXUS0913.</exception>
    public static MonitorArguments Parse(string[] words)
    {
        var result = new MonitorArguments();
        MappedFile? kernel = null;
        byte[] initrd = [];
        var files = new CpioArchive();
        files.AddDevice("/dev/console", 5, 1);
        var (region, toHost, toGuest) = (-1, -1, -1);
        OwnedDescriptor? resumeMemory = null;
        OwnedDescriptor? resumeState = null;
        OwnedDescriptor? recordSet = null;
        EventFile? recordOn = null;
        var commandLine = BootOptions.DefaultCommandLine;
        var protocol = BootProtocol.Linux64;
        for (var i = 0; i < words.Length; i += 2)
        {
            var value = i + 1 < words.Length ? words[i + 1] : throw VmmDiagnostics.BadMachine.With($"{words[i]} without a value");
            switch (words[i])
            {
                case "--kernel":
                    kernel = Map(value);
                    break;
                case "--initrd":
                    initrd = ReadAll(value);
                    break;
                case "--append":
                    commandLine += " " + value;
                    break;
                case "--memory":
                    result.Machine = result.Machine with { MemoryBytes = Number(value) << 20 };
                    break;
                case "--disk":
                    result._disks.Add(Open(value));
                    break;
                case "--pmem":
                    result._memories.Add(Open(value));
                    break;
                case "--net":
                    result.Machine = result.Machine with { Network = new FrameLink((int)Number(value)) };
                    break;
                case "--protocol" when value is "linux" or "pvh":
                    protocol = value == "pvh" ? BootProtocol.Pvh : BootProtocol.Linux64;
                    break;
                case "--kvm":
                    result.Kvm = (int)Number(value);
                    break;
                case "--init":
                    files.AddFile("/init", ReadAll(value), isProgram: true);
                    break;
                case "--launch":
                    files.AddFile("/nexus/launch", ReadAll(value));
                    break;
                case "--modules":
                    files.AddTree("/modules", value);
                    break;
                case "--region":
                    region = (int)Number(value);
                    break;
                case "--to-host":
                    toHost = (int)Number(value);
                    break;
                case "--to-guest":
                    toGuest = (int)Number(value);
                    break;
                case "--trim":
                    result.Machine = result.Machine with { Trim = new EventFile((int)Number(value)) };
                    break;
                case "--shared-pages":
                    result.Machine = result.Machine with { AnnouncedSharedBytes = Number(value) << 12 };
                    break;
                case "--stages":
                    result.Stages = new StageLog(Open(value));
                    break;
                case "--suspend-memory":
                    result.Machine = result.Machine with { MemoryFile = Open(value) };
                    break;
                case "--suspend-state":
                    result.SuspendState = Open(value);
                    break;
                case "--start-on":
                    result.StartOn = Open(value);
                    break;
                case "--working-set":
                    result.WorkingSet = Open(value);
                    break;
                case "--record-set":
                    recordSet = Open(value);
                    break;
                case "--record-on":
                    recordOn = new EventFile((int)Number(value));
                    break;
                case "--out-of-memory":
                    result.OutOfMemory = Open(value);
                    break;
                case "--suspend-on":
                    result.SuspendOn = new EventFile((int)Number(value));
                    break;
                case "--resume-memory":
                    resumeMemory = Open(value);
                    break;
                case "--resume-state":
                    resumeState = Open(value);
                    break;
                default:
                    throw VmmDiagnostics.BadMachine.With($"{words[i]} {value}");
            }
        }

        result.CheckSuspension(resumeMemory, resumeState);
        result.Record =
            (recordSet is null) == (recordOn is null)
                ? recordSet is null
                    ? null
                    : (recordSet, recordOn!)
                : throw VmmDiagnostics.BadMachine.With("--record-set and --record-on belong together");
        result.Machine = result.Machine with
        {
            // Of both, what is suspended and what goes on from there.
            ReportsFreePages = result.SuspendState is null && result.Resume is null,
            Disks = result._disks,
            PersistentMemory = result._memories,
            Shared = Shared(region, toHost, toGuest),
            Stages = result.Stages is { } stages ? stages.Note : null,
        };
        if (result.Resume is not null)
        {
            return result;
        }

        result.KernelFile = kernel;
        result.Boot = new BootOptions
        {
            Kernel = KernelImage.Parse((kernel ?? throw VmmDiagnostics.BadMachine.With("no --kernel")).Memory),
            // Kernels unpack one archive after the other.
            Initrd = (byte[])[.. initrd, .. files.Finish()],
            CommandLine = commandLine,
            Protocol = protocol,
        };
        return result;
    }

    private void CheckSuspension(OwnedDescriptor? resumeMemory, OwnedDescriptor? resumeState)
    {
        if ((resumeMemory is null) != (resumeState is null))
        {
            throw VmmDiagnostics.BadMachine.With("--resume-memory and --resume-state belong together");
        }

        if ((Machine.MemoryFile is null) != (SuspendState is null))
        {
            throw VmmDiagnostics.BadMachine.With("--suspend-memory and --suspend-state belong together");
        }

        if (resumeMemory is not null && resumeState is not null)
        {
            Resume = (resumeMemory, resumeState);
        }
    }

    private static MappedFile Map(string file)
    {
        using var opened = Open(file);
        try
        {
            return new MappedFile(opened);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw VmmDiagnostics.BadMachine.With(failure.Message, failure);
        }
    }

    private static SharedRegionOptions? Shared(int region, int toHost, int toGuest) =>
        (region, toHost, toGuest) switch
        {
            (< 0, < 0, < 0) => null,
            (>= 0, >= 0, >= 0) => new SharedRegionOptions(new OwnedDescriptor(region), new EventFile(toHost), new EventFile(toGuest)),
            _ => throw VmmDiagnostics.BadMachine.With("--region, --to-host and --to-guest belong together"),
        };

    public static byte[] ReadAll(string file)
    {
        using var opened = Open(file);
        return opened.ReadAll();
    }

    public static OwnedDescriptor Open(string file)
    {
        try
        {
            return file.StartsWith("fd:", StringComparison.Ordinal)
                ? new OwnedDescriptor((int)Number(file[3..]))
                : OwnedDescriptor.OpenRead(file);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw VmmDiagnostics.BadMachine.With(failure.Message, failure);
        }
    }

    public static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1 << 20
            ? number
            : throw VmmDiagnostics.BadMachine.With($"{text} is not a number that fits here");
}
