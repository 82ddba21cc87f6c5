using Microsoft.Extensions.Logging;
using Nexus.Backend.Executors;
using Nexus.Backend.Sandbox;
using Nexus.Channel;

namespace Nexus.Backend.Instances;

/// <summary>What every instance of the node shares.</summary>
public sealed class InstanceServices
{
    private readonly Dictionary<string, Lazy<ISandbox>> _sandboxes;
    private readonly Dictionary<ushort, ICallExecutor> _executors;

    /// <param name="pump">Serves all channels.</param>
    /// <param name="channelOptions">Size of each region.</param>
    /// <param name="executors">One per protocol.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <param name="stateFolder">Where running instances are remembered; empty for nowhere.</param>
    public InstanceServices(
        ChannelPump pump,
        ChannelOptions channelOptions,
        IEnumerable<ICallExecutor> executors,
        ILoggerFactory loggers,
        string stateFolder = ""
    )
    {
        Pump = pump;
        ChannelOptions = channelOptions;
        StateFolder = stateFolder;
        Logger = loggers.CreateLogger("Nexus.Functions");
        _executors = executors.ToDictionary(static executor => executor.Protocol);
        Rehearsed = new RehearsedMachines(this);
        var hierarchy = new Lazy<CgroupHierarchy>(CgroupHierarchy.Detect);
        _sandboxes = new Dictionary<string, Lazy<ISandbox>>
        {
            ["process"] = new(() => new BubblewrapSandbox(hierarchy.Value, loggers.CreateLogger<BubblewrapSandbox>())),
            ["vm"] = new(() =>
                new VirtualMachineSandbox(Machines, (BubblewrapSandbox)SandboxFor("process"), loggers.CreateLogger<VirtualMachineSandbox>())
            ),
            ["none"] = new(() => new NoSandbox(hierarchy.Value, loggers.CreateLogger<NoSandbox>())),
        };
    }

    /// <summary>Kinds of sandboxes there are.</summary>
    public static IReadOnlyList<string> SandboxKinds { get; } = ["process", "vm", "none"];

    public ChannelPump Pump { get; }

    public ChannelOptions ChannelOptions { get; }

    /// <summary>Where running instances are remembered; empty for nowhere.</summary>
    public string StateFolder { get; }

    /// <summary>What virtual machines are made from; set before the first is wanted.</summary>
    public VirtualMachineOptions Machines { get; set; } = new();

    public ILogger Logger { get; }

    /// <summary>Machines of functions that are invoked before their snapshot is taken.</summary>
    internal RehearsedMachines Rehearsed { get; }

    /// <summary>The sandbox of a kind; made on first use, so that a missing tool only matters to who asks for it.</summary>
    public ISandbox SandboxFor(string kind) => _sandboxes[kind].Value;

    public ICallExecutor? ExecutorFor(ushort protocol) => _executors.GetValueOrDefault(protocol);
}
