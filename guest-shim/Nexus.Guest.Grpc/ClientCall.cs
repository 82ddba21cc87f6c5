using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>What every gRPC call has, whatever its messages: status, headers and trailers, deadline, cancellation, and the channel's call under it.</summary>
internal abstract class ClientCall : IDisposable
{
    // The channel's own watch is coarser and only there for a backend that does not answer at all.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(99_999_999);

    // As late as the library's, so that a server that keeps the deadline is the first to say so.
    private static readonly TimeSpan TimerDelay = TimeSpan.FromMilliseconds(14);
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private readonly object _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Status> _status = new();
    private readonly TaskCompletionSource<GrpcResponseHead> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<Metadata>? _headers;
    private Timer? _timer;
    private CancellationTokenRegistration _registration;
    private ChannelCall? _call;
    private int _uses;
    private bool _closed;

    protected ClientCall(GrpcTarget target, CallOptions options)
    {
        if (
            options.Deadline is { } deadline
            && deadline != DateTime.MaxValue
            && deadline != DateTime.MinValue
            && deadline.Kind != DateTimeKind.Utc
        )
        {
            throw new InvalidOperationException(
                "Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue."
            );
        }

        Target = target;
        Options = options;
        target.Enter(this);
    }

    public GrpcTarget Target { get; }

    public CallOptions Options { get; }

    /// <summary>Cancelled when the call ends before its answer did.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Completes with the call, never with an exception.</summary>
    public Task<Status> StatusTask => _status.Task;

    /// <summary>Whether the answer was read to its end.</summary>
    public bool IsFinished { get; private set; }

    public bool IsDisposed { get; private set; }

    protected GrpcResponseHead? Head { get; private set; }

    protected Metadata? Trailers { get; set; }

    protected abstract GrpcFields TrailingFields { get; }

    /// <summary>The name the library's exception gives a disposed call.</summary>
    protected abstract string Name { get; }

    public Status GetStatus() =>
        StatusTask.IsCompletedSuccessfully
            ? StatusTask.Result
            : throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    public Metadata GetTrailers() =>
        TryGetTrailers()
        ?? throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");

    public Task<Metadata> GetHeadersAsync()
    {
        if (_headers is null)
        {
            _headers = ReadHeadersAsync();
            Observe(_headers);
        }

        return _headers;
    }

    public void Dispose()
    {
        IsDisposed = true;
        CleanUp(GrpcStatus.Disposed);
        ObserveResponse();
    }

    public void ThrowIfDisposed()
    {
#pragma warning disable CA1513 // The name is the library's, not this type's.
        if (IsDisposed)
        {
            throw new ObjectDisposedException(Name);
        }
#pragma warning restore CA1513
    }

    /// <summary>For a token of one read or write; the call's own is watched already.</summary>
    public CancellationTokenRegistration Watch(CancellationToken cancellation) =>
        cancellation.CanBeCanceled && cancellation != Options.CancellationToken ? Register(cancellation) : default;

    /// <summary>A read that met the end of the answer, or could not go on.</summary>
    public void EndStream(Status status, bool gracefully)
    {
        IsFinished |= gracefully;
        _status.TrySetResult(status);
    }

    public RpcException Failure(Status status)
    {
        Metadata? trailers = null;
        try
        {
            trailers = TryGetTrailers();
        }
        catch (FormatException)
        {
            // Trailers that cannot be read must not hide the status.
        }

        return new RpcException(status, trailers ?? Metadata.Empty);
    }

    public RpcException CanceledFailure(Exception? cause = null) =>
        Failure(StatusTask.IsCompletedSuccessfully ? StatusTask.Result : new Status(StatusCode.Cancelled, "", cause));

    /// <summary>The exception for a status, cancellation included where the channel says so.</summary>
    public Exception FailureOrCanceled(Status status) =>
        Target.ThrowsOperationCanceled && status.StatusCode is StatusCode.DeadlineExceeded or StatusCode.Cancelled
            ? new OperationCanceledException()
            : Failure(status);

    /// <summary>Which token to blame.</summary>
    public CancellationToken CanceledToken(CancellationToken own) =>
        own.IsCancellationRequested ? own
        : Options.CancellationToken.IsCancellationRequested ? Options.CancellationToken
        : Stop.IsCancellationRequested ? Stop
        : CancellationToken.None;

    public OperationCanceledException Blame(OperationCanceledException canceled, CancellationToken own)
    {
        var token = CanceledToken(own);
        return token == Stop ? canceled : new OperationCanceledException(canceled.Message, canceled, token);
    }

    /// <summary>What the user sees for an exception, and the status it means for the call.</summary>
    /// <returns>The exception to throw; the same when it may stay as it is.</returns>
    public Exception Resolve(string summary, Exception exception, out Status status)
    {
        if (exception is ChannelException or GrpcFailureException && Stop.IsCancellationRequested)
        {
            // The other end's answer to the cancellation overtook it here.
            exception = new OperationCanceledException(exception.Message, exception, Stop);
        }

        switch (exception)
        {
            case OperationCanceledException canceled:
                var blamed = Blame(canceled, CancellationToken.None);
                status = StatusTask.IsCompletedSuccessfully ? StatusTask.Result : new Status(StatusCode.Cancelled, "", blamed);
                return Target.ThrowsOperationCanceled ? blamed : Failure(status);
            case RpcException known:
                status = known.Status;
                return Trailers is not null && known.Trailers != Trailers ? Failure(status) : known;
            case ChannelException { Code: AbortCode.DeadlineExceeded }:
                status = GrpcStatus.DeadlineExceeded;
                break;
            case ChannelException lost:
                status = GrpcStatus.FromException(summary, new IOException(lost.Message, lost));
                break;
            case GrpcFailureException { Kind: GrpcFailureKind.Connect } unknown
                when Target.Servers is not null && GrpcStatus.Unresolved(Target.Authority, unknown) is { } unresolved:
                status = unresolved;
                break;
            case GrpcFailureException { Kind: GrpcFailureKind.Connect } refused when Target.ConnectsFirst:
                Target.Servers?.Refresh();
                status = new Status(StatusCode.Unavailable, GrpcStatus.NotConnected, refused.Root);
                break;
            case GrpcFailureException failure:
                status = GrpcStatus.FromException(summary, failure.Cause, failure.Status);
                break;
            default:
                status = GrpcStatus.FromException(summary, exception);
                break;
        }

        if (status.StatusCode == StatusCode.Cancelled && Options.Deadline is { } deadline && deadline <= DateTime.UtcNow)
        {
            // The server's clock was first.
            status = new Status(StatusCode.DeadlineExceeded, status.Detail, status.DebugException);
        }

        return Failure(status);
    }

    /// <summary>The channel's call for one read or write; it stays valid until <see cref="EndUse"/>.</summary>
    public bool TryUse()
    {
        lock (_lock)
        {
            _uses += _closed ? 0 : 1;
            return !_closed;
        }
    }

    public void EndUse()
    {
        ChannelCall? unused = null;
        lock (_lock)
        {
            _uses--;
            if (_closed && _uses == 0)
            {
                unused = _call;
            }
        }

        unused?.Dispose();
    }

    protected abstract void ObserveResponse();

    /// <summary>Lets reads and writes that wait for the call to begin go on, or end.</summary>
    protected abstract void CancelWaiting();

    protected void Begin()
    {
        if (Timeout() is { } timeout)
        {
            if (timeout <= TimeSpan.Zero)
            {
                Cancel(GrpcStatus.DeadlineExceeded);
            }
            else
            {
                _timer = new Timer(static call => ((ClientCall)call!).CheckDeadline(), this, System.Threading.Timeout.Infinite, -1);
                _timer.Change(timeout < LongestTimer ? timeout + TimerDelay : LongestTimer, System.Threading.Timeout.InfiniteTimeSpan);
            }
        }

        if (Options.CancellationToken.CanBeCanceled)
        {
            _registration = Register(Options.CancellationToken);
        }
    }

    protected async ValueTask<ChannelCall> OpenAsync(IMethod method, List<KeyValuePair<string, string>> headers, bool hasRequest)
    {
        var servers = Target.Servers is { } source ? await source.CurrentAsync(Options.IsWaitForReady, Stop).ConfigureAwait(false) : null;
        if (servers?.Failure is { } unresolved)
        {
            throw new RpcException(unresolved);
        }

        var timeout = Timeout();
        var head = new GrpcCallHead
        {
            Method = Target.EncodedMethod(method, servers),
            Flags = Options.IsWaitForReady ? GrpcCallFlags.WaitForReady : GrpcCallFlags.None,
            TimeoutMilliseconds = timeout is { } left ? (long)Math.Max(0, left.TotalMilliseconds) : -1,
            Headers = headers,
        };
        var opening = hasRequest
            ? Target.Peer.OpenSilentlyAsync(ChannelProtocol.Grpc, head, timeout + Grace, Stop)
            : Target.Peer.OpenAsync(ChannelProtocol.Grpc, head, timeout + Grace, final: false, Stop);
        _call = await opening.ConfigureAwait(false);
        return _call;
    }

    protected void SetHead(GrpcResponseHead head)
    {
        Head = head;
        _head.TrySetResult(head);
    }

    protected void FailHead(Exception exception)
    {
        _head.TrySetException(exception);
        Observe(_head.Task);
    }

    /// <summary>The answer was read to its end.</summary>
    protected void Finish(Status status)
    {
        IsFinished = true;
        CleanUp(status);
    }

    protected void CleanUp(Status status)
    {
        if (IsFinished)
        {
            _status.TrySetResult(status);
            CancelWaiting();
        }
        else
        {
            Cancel(status);
        }

        Target.Leave(this);
        _registration.Dispose();
        _timer?.Dispose();
        ChannelCall? unused;
        lock (_lock)
        {
            _closed = true;
            unused = _uses == 0 ? _call : null;
        }

        unused?.Dispose();
    }

    protected static void Observe(Task task) =>
        task.ContinueWith(
            static faulted => _ = faulted.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );

    private async Task<Metadata> ReadHeadersAsync()
    {
        try
        {
            return GrpcStatus.ToMetadata((await _head.Task.ConfigureAwait(false)).Fields);
        }
        catch (Exception failure)
        {
            ObserveResponse();
            var resolved = Resolve(GrpcStatus.StartFailed, failure, out _);
            if (resolved != failure)
            {
                throw resolved;
            }

            throw;
        }
    }

    private Metadata? TryGetTrailers() => Trailers ??= IsFinished ? GrpcStatus.ToMetadata(TrailingFields) : null;

    private void Cancel(Status status)
    {
        _status.TrySetResult(status);
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            CancelWaiting();
            _call?.Abort(AbortCode.Cancelled);
        }
    }

    private CancellationTokenRegistration Register(CancellationToken cancellation) =>
        cancellation.UnsafeRegister(
            static (call, token) => ((ClientCall)call!).Cancel(GrpcStatus.CanceledByClient(new OperationCanceledException(token))),
            this
        );

    private TimeSpan? Timeout()
    {
        if (Options.Deadline is not { } deadline || deadline == DateTime.MaxValue)
        {
            return null;
        }

        var timeout = deadline - DateTime.UtcNow;
        return timeout < LongestTimeout ? timeout : LongestTimeout;
    }

    private void CheckDeadline()
    {
        if (_stop.IsCancellationRequested || IsFinished || Timeout() is not { } left)
        {
            return;
        }

        if (left <= TimeSpan.Zero)
        {
            Cancel(GrpcStatus.DeadlineExceeded);
            return;
        }

        try
        {
            _timer?.Change(
                left < LongestTimer ? left + TimeSpan.FromMilliseconds(1) : LongestTimer,
                System.Threading.Timeout.InfiniteTimeSpan
            );
        }
        catch (ObjectDisposedException)
        {
            // The call ended meanwhile.
        }
    }
}
