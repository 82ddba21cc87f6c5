using System.Diagnostics;
using Nexus.Channel;
using Nexus.Channel.Interop;

namespace Nexus.Guest;

/// <summary>
/// This process's end of its channel, joined on first use when <c>NEXUS_CHANNEL</c> names one. Without it <see cref="Current"/> is null and every stub leaves
/// the library as it was.
/// </summary>
public sealed class GuestChannel
{
    private const string Variable = "NEXUS_CHANNEL";

    // Instead of three descriptors: the kernel's command line says where the channel is.
    private const string VirtualMachine = "vm";
    private const int MostPumpThreads = 8;
    private const int SpinMicroseconds = 20;
    private static readonly Lazy<GuestChannel?> Attached = new(Attach);
    private static Action<ChannelCall>? _onCall;
    private long _invocationDeadline = long.MaxValue;

    private GuestChannel(ChannelPeer peer, ChannelPump pump)
    {
        Peer = peer;
        Pump = pump;
    }

    /// <summary>Whether the process was started by a backend; unlike <see cref="Current"/> it joins nothing.</summary>
    public static bool IsOffered => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>The channel; null when the process was not started by a backend.</summary>
    public static GuestChannel? Current => Attached.Value;

    public ChannelPeer Peer { get; }

    public ChannelPump Pump { get; }

    /// <summary>Time left to the invocation that runs; infinite outside one.</summary>
    public TimeSpan InvocationRemaining
    {
        get
        {
            var deadline = Volatile.Read(ref _invocationDeadline);
            return deadline == long.MaxValue
                ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromSeconds(Math.Max(0, deadline - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency);
        }
    }

    /// <summary>For a function host: takes incoming calls. Must be called before <see cref="Current"/> is first read.</summary>
    public static void ServeCalls(Action<ChannelCall> onCall) => _onCall = onCall;

    /// <summary>For a function host: the deadline of the invocation that begins, in <see cref="Stopwatch"/> ticks; <see cref="long.MaxValue"/> when it ends.</summary>
    public void SetInvocationDeadline(long deadline) => Volatile.Write(ref _invocationDeadline, deadline);

    /// <summary>For a function host whose function could not be made: a virtual machine's snapshot would keep the failure.</summary>
    public static void RefuseSnapshot() => VirtualMachineAttachment.AllowsSnapshot = false;

    private static GuestChannel? Attach()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } value)
        {
            return null;
        }

        if (value == VirtualMachine)
        {
            var machine = VirtualMachineAttachment.Attach();
            return Start(machine.Region, machine.ToBackend, EventDoorbell.Create(), machine.Port);
        }

        var parts = value.Split(',');
        if (
            parts.Length != 3
            || !int.TryParse(parts[0], out var regionFd)
            || !int.TryParse(parts[1], out var toBackendFd)
            || !int.TryParse(parts[2], out var toGuestFd)
        )
        {
            throw ChannelDiagnostics.BadAttachment.With(value);
        }

        // Inherited descriptors stay open for the life of the process, whatever the function's own code closes by mistake.
        var toBackend = new EventDoorbell(new FileDescriptor(toBackendFd, ownsHandle: false));
        var toGuest = new EventDoorbell(new FileDescriptor(toGuestFd, ownsHandle: false));
        return Start(ChannelRegion.Attach(new FileDescriptor(regionFd, ownsHandle: false)), toBackend, toGuest);
    }

    private static GuestChannel Start(ChannelRegion region, Doorbell toBackend, EventDoorbell toGuest, WakePort? port = null)
    {
        var peer = new ChannelPeer(region, ChannelRole.Guest, toBackend, toGuest, _onCall ?? Refuse);
        var pump = new ChannelPump("nexus", MostPumpThreads, SpinMicroseconds);
        pump.Add(peer, toGuest);
        if (port is not null)
        {
            pump.Add(port.Descriptor, new WakePortListener(port, peer));
            // Whichever thread notices that this is a clone: no invocation before the seed.
            peer.SessionRestarted += () => VirtualMachineAttachment.Take(port);
        }

        pump.Start();
        RuleCounters.Report(region);
        _ = new BackendWatch(peer);
        return new GuestChannel(peer, pump);
    }

    private static void Refuse(ChannelCall call)
    {
        call.Abort(AbortCode.BadRequest);
        call.Dispose();
    }
}
