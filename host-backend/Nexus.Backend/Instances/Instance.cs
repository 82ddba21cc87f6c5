using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Nexus.Backend.Functions;
using Nexus.Backend.Instances.RuntimeApi;
using Nexus.Backend.Interop;
using Nexus.Backend.Sandbox;
using Nexus.Channel;
using Nexus.Channel.Interop;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Instances;

/// <summary>One running copy of a function: a sandbox, its channel and its log. A Lambda handler's takes one invocation at a time.</summary>
public sealed class Instance : IAsyncDisposable
{
    private readonly InstanceServices _services;
    private readonly EventDoorbell _toBackend;
    private readonly EventDoorbell _toGuest;
    private readonly InstanceLog _log;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _pumpKey;
    private readonly RuntimeApiExecutor? _runtimeApi;
    private EventDoorbell? _trim;
    private long _trimmedAt;
    private EventDoorbell? _recordOn;
    private Microsoft.Win32.SafeHandles.SafeFileHandle? _launch;
    private long _started;
    private string? _stateFile;
    private int _ended;

    private Instance(
        FunctionDefinition function,
        ChannelRegion region,
        EventDoorbell toBackend,
        EventDoorbell toGuest,
        InstanceServices services,
        bool takeOver
    )
    {
        Function = function;
        _services = services;
        _toBackend = toBackend;
        _toGuest = toGuest;
        _log = new InstanceLog(function.Name, services.Logger);
        // An executable asks for its events itself.
        _runtimeApi =
            function.Handler.Length == 0
                ? new RuntimeApiExecutor(services.ExecutorFor(ChannelProtocol.Http), report => _ready.TrySetResult(report))
                : null;
        Peer = new ChannelPeer(region, ChannelRole.Backend, _toGuest, _toBackend, OnCall, takeOver);
        Peer.Violated += OnViolated;
        _pumpKey = services.Pump.Add(Peer, _toBackend);
    }

    public FunctionDefinition Function { get; }

    public ChannelPeer Peer { get; }

    /// <summary>The sandbox; set once it runs.</summary>
    public SandboxProcess Process { get; private set; } = null!;

    /// <summary>Completes with an empty text when invocations may come, or with the init error report.</summary>
    public Task<string> Ready => _ready.Task;

    /// <summary>When the last invocation ended, in <see cref="Stopwatch"/> ticks.</summary>
    public long IdleSince { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>False once the instance is dead or was told to end.</summary>
    public bool IsAlive => Volatile.Read(ref _ended) == 0;

    /// <summary>How long the process took from its start until it was ready.</summary>
    public TimeSpan InitDuration { get; private set; }

    /// <summary>Starts the process; <see cref="Ready"/> tells when the function is loaded.</summary>
    /// <exception cref="Diagnostics.NexusException">The sandbox cannot be had here.</exception>
    internal static async Task<Instance> StartAsync(FunctionDefinition function, InstanceServices services, CancellationToken cancellation)
    {
        var machine = function.IsRehearsed
            ? await services.Rehearsed.FindAsync(function).WaitAsync(cancellation).ConfigureAwait(false)
            : null;
        if (machine is not null && services.Rehearsed.TakeStandby(function, machine) is { } standby)
        {
            standby.Launch();
            return standby;
        }

        return await StartAsync(function, services, machine, into: null, isHeld: false, cancellation).ConfigureAwait(false);
    }

    /// <summary>The same from a machine that had joined another channel (null: from nothing), or to be left for others to go on from (null: not).</summary>
    /// <param name="isHeld">Whether a clone is restored, but does not run before <see cref="Launch"/>.</param>
    internal static async Task<Instance> StartAsync(
        FunctionDefinition function,
        InstanceServices services,
        SuspendedGuest? from,
        Suspension? into,
        bool isHeld,
        CancellationToken cancellation
    )
    {
        var (startOn, launch) = isHeld ? Descriptors.Pipe() : default;
        using var readEnd = startOn;
        var isClone = from is not null;
        var region = isClone
            ? ChannelRegion.CreateForClone(services.ChannelOptions, RehearsedMachines.LastSession)
            : ChannelRegion.Create(services.ChannelOptions);
        var instance = new Instance(function, region, EventDoorbell.Create(), EventDoorbell.Create(), services, takeOver: isClone)
        {
            _recordOn = from?.TakeRecording() == true ? EventDoorbell.Create() : null,
            _launch = launch,
            _trim = function.Sandbox == "vm" ? EventDoorbell.Create() : null,
        };
        try
        {
            var started = Stopwatch.GetTimestamp();
            instance.Process = await services
                .SandboxFor(function.Sandbox)
                .StartAsync(
                    LaunchSpecification.Of(function, instance.GuestDescriptors(region)) with
                    {
                        Suspended = from,
                        RecordOn = instance._recordOn?.Descriptor,
                        StartOn = startOn,
                        Suspension = into,
                    },
                    cancellation
                )
                .ConfigureAwait(false);
            instance.Watch(started);
            return instance;
        }
        catch
        {
            await instance.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes over an instance of an earlier backend: its region, doorbells and pipes. Null, and the instance ended, when that is not possible.</summary>
    internal static Instance? TryAdopt(InstanceRecord record, FunctionDefinition function, InstanceServices services)
    {
        if (SandboxProcess.TryAdopt(record.Process) is not { } process)
        {
            return null;
        }

        try
        {
            var region = ChannelRegion.Attach(Own(process.DuplicateDescriptor(3)), record.Channel);
            var toBackend = AdoptDoorbell(process, 4);
            var toGuest = AdoptDoorbell(process, 5);
            var instance = new Instance(function, region, toBackend, toGuest, services, takeOver: true)
            {
                Process = process,
                _trim = function.Sandbox == "vm" ? AdoptDoorbell(process, SandboxSpec.TrimDescriptor) : null,
            };
            instance.Watch(Stopwatch.GetTimestamp());
            InstanceLogMessages.TakenOver(services.Logger, function.Name, process.RootId);
            return instance;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or Diagnostics.NexusException)
        {
            InstanceLogMessages.StartFailed(services.Logger, function.Name, failure);
            process.Kill();
            return null;
        }
    }

    /// <summary>Runs one invocation. Never fails for what the function does: timeouts, exits and oversized results are Lambda's error reports.</summary>
    public async Task<InvocationResult> InvokeAsync(Invocation invocation, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        _log.Begin(invocation.RequestId);
        var result = _runtimeApi is null
            ? await ExchangeAsync(invocation, timeout).ConfigureAwait(false)
            : await PollAsync(_runtimeApi, invocation, timeout).ConfigureAwait(false);
        var duration = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (invocation.WantsLogTail)
        {
            await _log.SettleAsync().ConfigureAwait(false);
        }

        _log.End(
            invocation.RequestId,
            FormattableString.Invariant(
                $"REPORT RequestId: {invocation.RequestId}\tDuration: {duration:F2} ms\tBilled Duration: {Math.Ceiling(duration)} ms\tMemory Size: {Function.MemoryMb} MB"
            )
        );
        IdleSince = Stopwatch.GetTimestamp();
        // The first answer of the first clone: what it took, others will need.
        _recordOn?.Ring();
        return invocation.WantsLogTail ? result with { LogTail = _log.Tail() } : result;
    }

    /// <summary>Lets a clone run that was held.</summary>
    internal void Launch()
    {
        _started = Stopwatch.GetTimestamp();
        Remember();
        Descriptors.OpenGate(_launch!);
    }

    /// <summary>The guest broke the protocol in a call of this end.</summary>
    internal void End(ProtocolViolationException violation) => OnViolated(violation);

    /// <summary>A server's instance has just finished a request.</summary>
    internal void Touch() => IdleSince = Stopwatch.GetTimestamp();

    /// <summary>Once a second: shows the guest that its backend lives, takes back what it returned silently, gives idle pages to the node.</summary>
    internal void KeepHouse()
    {
        Peer.Beat();
        if (Peer.ArenaBytesInUse > 0)
        {
            Peer.WakeOwnPump();
        }

        if (Peer.CallsInFlight == 0 && Stopwatch.GetElapsedTime(IdleSince) > TimeSpan.FromSeconds(1))
        {
            Peer.DiscardIdlePages();
            TrimMachine();
        }
    }

    /// <summary>Once in each idle time, and after the guest's own collection, whose pages are then its kernel's.</summary>
    private void TrimMachine()
    {
        var collected = TimeSpan.FromMilliseconds(Math.Max(0, Function.IdleCollectMilliseconds)) + TimeSpan.FromSeconds(1);
        if (_trim is not null && _trimmedAt != IdleSince && Ready.IsCompleted && Stopwatch.GetElapsedTime(IdleSince) > collected)
        {
            _trimmedAt = IdleSince;
            _trim.Ring();
        }
    }

    /// <summary>Ends the process and lets go of everything the instance held.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        if (_stateFile is not null)
        {
            File.Delete(_stateFile);
        }

        _services.Pump.Remove(_pumpKey, _toBackend);
        Peer.Dispose();
        _ready.TrySetResult("");
        if (Process is not null)
        {
            await Process.DisposeAsync().ConfigureAwait(false);
        }

        _toBackend.Dispose();
        _toGuest.Dispose();
        _trim?.Dispose();
        _recordOn?.Dispose();
        _launch?.Dispose();
    }

    private static EventDoorbell AdoptDoorbell(SandboxProcess process, int number)
    {
        var descriptor = process.DuplicateDescriptor(number);
        if (!Descriptors.IsNonBlockingEvent(descriptor))
        {
            descriptor.Dispose();
            throw InstanceDiagnostics.ProtocolBroken.With($"descriptor {number} of process {process.RootId} is not a doorbell");
        }

        return new EventDoorbell(Own(descriptor));
    }

    private static FileDescriptor Own(Microsoft.Win32.SafeHandles.SafeFileHandle handle)
    {
        var descriptor = new FileDescriptor((int)handle.DangerousGetHandle());
        handle.SetHandleAsInvalid();
        return descriptor;
    }

    private Dictionary<int, System.Runtime.InteropServices.SafeHandle> GuestDescriptors(ChannelRegion region)
    {
        var descriptors = new Dictionary<int, System.Runtime.InteropServices.SafeHandle>
        {
            [3] = region.Descriptor!,
            [4] = _toBackend.Descriptor,
            [5] = _toGuest.Descriptor,
        };
        if (_trim is not null)
        {
            descriptors[SandboxSpec.TrimDescriptor] = _trim.Descriptor;
        }

        return descriptors;
    }

    private void Remember()
    {
        if (_services.StateFolder.Length > 0 && Process.Record() is { } process)
        {
            _stateFile = new InstanceRecord(Function.Name, InstanceRecord.FingerprintOf(Function), process, Peer.Region.Options).Save(
                _services.StateFolder
            );
        }
    }

    private void Watch(long started)
    {
        _started = started;
        if (_launch is null)
        {
            // One that is held is nobody's yet: it ends with this backend.
            Remember();
        }

        _ = _log.ReadAsync(Process.Output);
        _ = _log.ReadAsync(Process.Error);
        _ = WatchAsync();
        _ = NoteReadyAsync();

        async Task WatchAsync()
        {
            var exit = await Process.Exited.ConfigureAwait(false);
            InstanceLogMessages.Ended(_services.Logger, Function.Name, Process.RootId, exit.ToString());
            // Calls in flight fail, and the invocation that waits for them sees why.
            Peer.Dispose();
            _ready.TrySetResult("");
            await DisposeAsync().ConfigureAwait(false);
        }

        async Task NoteReadyAsync()
        {
            var error = await Ready.ConfigureAwait(false);
            InitDuration = Stopwatch.GetElapsedTime(_started);
            if (error.Length == 0 && IsAlive)
            {
                InstanceLogMessages.Ready(_services.Logger, Function.Name, Process.RootId, InitDuration.TotalMilliseconds);
            }
        }
    }

    private async Task<InvocationResult> ExchangeAsync(Invocation invocation, TimeSpan timeout)
    {
        var head = new InvocationHead
        {
            RequestId = invocation.RequestId,
            FunctionArn = invocation.FunctionArn,
            TraceId = invocation.TraceId,
            ClientContext = invocation.ClientContext,
            CognitoIdentity = invocation.CognitoIdentity,
            DeadlineUnixMilliseconds = DateTimeOffset.UtcNow.Add(timeout).ToUnixTimeMilliseconds(),
            ContentLength = invocation.Payload.Length,
            MarksLogEnd = invocation.WantsLogTail,
        };
        try
        {
            using var call = await Peer.OpenAsync(ChannelProtocol.Invoke, head, timeout, final: invocation.Payload.IsEmpty)
                .ConfigureAwait(false);
            await SendPayloadAsync(call, invocation.Payload).ConfigureAwait(false);
            return await new ResultReader(call).ReadAsync().ConfigureAwait(false);
        }
        catch (ChannelException failure) when (failure.Code == AbortCode.DeadlineExceeded)
        {
            Process.Kill();
            return LambdaErrors.TimedOut(invocation.RequestId, timeout);
        }
        catch (ChannelException failure) when (failure.Code == AbortCode.BadRequest)
        {
            Process.Kill();
            return LambdaErrors.SandboxFailure(invocation.RequestId, "the instance refused the invocation");
        }
        catch (ChannelException)
        {
            Process.Kill();
            var exit = await Process.Exited.ConfigureAwait(false);
            return LambdaErrors.Exited(invocation.RequestId, exit);
        }
        catch (ProtocolViolationException violation)
        {
            OnViolated(violation);
            return LambdaErrors.SandboxFailure(invocation.RequestId, InstanceDiagnostics.ProtocolBroken.Title);
        }
    }

    /// <summary>The same for an executable that polls for its events.</summary>
    private async Task<InvocationResult> PollAsync(RuntimeApiExecutor api, Invocation invocation, TimeSpan timeout)
    {
        var result = api.InvokeAsync(invocation, DateTimeOffset.UtcNow.Add(timeout));
        try
        {
            await Task.WhenAny(result, Process.Exited).WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Process.Kill();
            return LambdaErrors.TimedOut(invocation.RequestId, timeout);
        }

        return result.IsCompleted
            ? await result.ConfigureAwait(false)
            : LambdaErrors.Exited(invocation.RequestId, await Process.Exited.ConfigureAwait(false));
    }

    private static async Task SendPayloadAsync(ChannelCall call, ReadOnlyMemory<byte> payload)
    {
        while (!payload.IsEmpty)
        {
            var size = Math.Min(payload.Length, ChannelLayout.MaxBlockBytes);
            var block = await call.RentAsync(size).ConfigureAwait(false);
            payload[..size].CopyTo(block.Memory);
            payload = payload[size..];
            call.Send(FrameKind.Data, block, size, final: payload.IsEmpty);
        }
    }

    private void OnCall(ChannelCall call)
    {
        if (call.Protocol == ChannelProtocol.Ready)
        {
            AcceptReady(call);
            return;
        }

        _ = CallDispatch.RunAsync(call, Function, _services, OnViolated, call.Protocol == ChannelProtocol.Http ? _runtimeApi : null);
    }

    private void AcceptReady(ChannelCall call)
    {
        using (call)
        {
            try
            {
                _ready.TrySetResult(ReadyHead.Read(call.Head.Span).InitError);
                call.Complete();
            }
            catch (ProtocolViolationException violation)
            {
                OnViolated(violation);
            }
        }
    }

    private void OnViolated(ProtocolViolationException violation)
    {
        InstanceLogMessages.Violated(_services.Logger, Function.Name, InstanceDiagnostics.ProtocolBroken.With(violation.Message).Message);
        Peer.Dispose();
        Process?.Kill();
    }
}
