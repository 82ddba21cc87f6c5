using Nexus.Vmm.Devices;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>Runs the virtual processor, answers its accesses, and stands still when asked to.</summary>
internal sealed class VcpuThread
{
    private const int StackBytes = 256 * 1024;
    private readonly KvmVcpu _vcpu;
    private readonly PortBus _ports;
    private readonly MemoryBus _addresses;
    private readonly Action<ExitKind, string> _end;
    private readonly Action _before;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private int _threadId;
    private bool _pauseWanted;
    private bool _stopWanted;
    private bool _standing;
    private bool _ended;

    /// <param name="vcpu">The processor.</param>
    /// <param name="devices">What its accesses reach.</param>
    /// <param name="end">Told once why it ended.</param>
    /// <param name="before">Run on the thread before the guest's first instruction; for its system call filter.</param>
    public VcpuThread(KvmVcpu vcpu, DeviceSet devices, Action<ExitKind, string> end, Action before)
    {
        _vcpu = vcpu;
        _ports = devices.Ports;
        _addresses = devices.Addresses;
        _end = end;
        _before = before;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "vcpu" };
    }

    /// <summary>How often the guest needed the monitor.</summary>
    public long Exits { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Returns when the processor stands still between two instructions, every access finished.</summary>
    /// <returns>False if it has ended instead.</returns>
    public bool Pause()
    {
        lock (_gate)
        {
            _pauseWanted = true;
            while (!_standing && !_ended)
            {
                Kick();
                Monitor.Wait(_gate, millisecondsTimeout: 10);
            }

            return !_ended;
        }
    }

    /// <summary>Lets it go on after <see cref="Pause"/>.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _pauseWanted = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends it; returns when its thread is gone.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopWanted = true;
            Monitor.PulseAll(_gate);
            while (!_ended && _thread.IsAlive)
            {
                Kick();
                Monitor.Wait(_gate, millisecondsTimeout: 10);
            }
        }

        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    /// <summary>For a device: the guest ended itself, after the access that is being handled.</summary>
    public void EndAfterAccess(ExitKind kind) => _requested ??= kind;

    private ExitKind? _requested;

    private void Kick()
    {
        _vcpu.SetImmediateExit(true);
        if (_threadId != 0)
        {
            ThreadKick.Kick(_threadId);
        }
    }

    private void Run()
    {
        var (kind, detail) = (ExitKind.Failed, "");
        try
        {
            _before();
            lock (_gate)
            {
                _threadId = ThreadKick.CurrentThread;
            }

            (kind, detail) = RunGuest();
        }
        catch (GuestViolationException violation)
        {
            (kind, detail) = (ExitKind.Violated, violation.Message);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            detail = failure.Message;
        }

        lock (_gate)
        {
            _ended = true;
            _threadId = 0;
            Monitor.PulseAll(_gate);
        }

        _end(kind, detail);
    }

    private (ExitKind, string) RunGuest()
    {
        while (true)
        {
            var exit = _vcpu.Run();
            Exits++;
            switch (exit)
            {
                case VcpuExit.Port:
                    _ports.Handle(_vcpu.Port, _vcpu.PortData);
                    break;
                case VcpuExit.Memory:
                    _addresses.Handle(_vcpu.MemoryAddress, _vcpu.MemoryData, _vcpu.MemoryIsWrite);
                    break;
                case VcpuExit.Interrupted:
                    if (!StandIfWanted())
                    {
                        return (ExitKind.Stopped, "");
                    }

                    break;
                case VcpuExit.Shutdown:
                    return (ExitKind.Crashed, $"triple fault at 0x{_vcpu.Registers.Rip:x}");
                case VcpuExit.SystemEvent:
                    return (ExitKind.Crashed, $"system event {_vcpu.FailureCode & 0xFFFFFFFF}");
                default:
                    return (ExitKind.Crashed, $"{exit}, code 0x{_vcpu.FailureCode:x}, at 0x{_vcpu.Registers.Rip:x}");
            }

            if (_requested is { } kind)
            {
                return (kind, "");
            }
        }
    }

    /// <summary>False if the machine is to end.</summary>
    private bool StandIfWanted()
    {
        lock (_gate)
        {
            _vcpu.SetImmediateExit(false);
            while (_pauseWanted && !_stopWanted)
            {
                _standing = true;
                Monitor.PulseAll(_gate);
                Monitor.Wait(_gate);
            }

            _standing = false;
            return !_stopWanted;
        }
    }
}
