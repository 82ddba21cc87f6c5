using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>What every call of the library has, whatever its messages: an end, headers, a deadline, cancellation, and the channel's call under it.</summary>
internal abstract class LegacyCall(LegacyChannel channel, IMethod method, CallOptions options) : IDisposable
{
    public static readonly Func<object, Task<Metadata>> Headers = static call => ((LegacyCall)call)._headers.Task;
    public static readonly Func<object, Status> Status = static call => ((LegacyCall)call).End("Status").Status;
    public static readonly Func<object, Metadata> Trailers = static call => ((LegacyCall)call).End("Trailers").Trailers;
    public static readonly Action<object> Cancellation = static call => ((LegacyCall)call).Dispose();

    // The channel's own watch is coarser and only there for a backend that does not answer at all.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(99_999_999);
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private readonly object _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<LegacyEnd> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Timer? _timer;
    private CancellationTokenRegistration _registration;
    private ChannelCall? _call;
    private int _uses;
    private bool _closed;

    public CallOptions Options => options;

    /// <summary>Completes with the call, never with an exception.</summary>
    public Task<LegacyEnd> Finished => _finished.Task;

    protected LegacyChannel Channel => channel;

    protected IMethod Method => method;

    protected GrpcTarget Target => channel.Target.Calls;

    /// <summary>Cancelled when the call ends before its answer did.</summary>
    protected CancellationToken Stop => _stop.Token;

    /// <summary>Whether the program cancelled it.</summary>
    protected bool IsCancelRequested { get; private set; }

    protected bool IsFinished => _finished.Task.IsCompleted;

    /// <exception cref="ArgumentException">The deadline is a local time.</exception>
    public static void CheckDeadline(DateTime? deadline)
    {
        if (deadline is { } given && given != DateTime.MaxValue && given != DateTime.MinValue && given.Kind != DateTimeKind.Utc)
        {
            throw new ArgumentException("dateTime needs of kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue.");
        }
    }

    /// <summary>For a token of one read; the call's own is watched already.</summary>
    public CancellationTokenRegistration CancelWith(CancellationToken cancellation) =>
        cancellation.CanBeCanceled ? cancellation.Register(static call => ((LegacyCall)call!).Dispose(), this) : default;

    /// <summary>Cancels it, which is all that disposing of a call of the library means.</summary>
    public void Dispose()
    {
        IsCancelRequested = true;
        // The native library says so a moment later too, on a thread of its own.
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Finish(LegacyStatus.Cancelled), this, preferLocal: false);
    }

    protected abstract void OnFinished(LegacyEnd end);

    /// <exception cref="ArgumentException">The deadline is a local time.</exception>
    /// <exception cref="ObjectDisposedException">The channel was shut down.</exception>
    protected void Begin()
    {
        CheckDeadline(options.Deadline);
        channel.ThrowIfShutDown();
        if (options.Credentials is not null && !Target.UsesCallCredentials)
        {
            Finish(LegacyStatus.NotSecure);
        }

        if (Timeout() is { } timeout)
        {
            if (timeout <= TimeSpan.Zero)
            {
                Finish(LegacyStatus.DeadlineExceeded);
                return;
            }

            _timer = new Timer(static call => ((LegacyCall)call!).OnTimer(), this, System.Threading.Timeout.Infinite, -1);
            SetTimer(timeout);
        }

        _registration = CancelWith(options.CancellationToken);
    }

    protected async ValueTask<ChannelCall> OpenAsync(List<KeyValuePair<string, string>> headers, bool hasRequest)
    {
        var timeout = Timeout();
        var head = new GrpcCallHead
        {
            Method = Target.EncodedMethod(method, addresses: null),
            Flags = options.IsWaitForReady ? GrpcCallFlags.WaitForReady : GrpcCallFlags.None,
            TimeoutMilliseconds = timeout is { } left ? (long)Math.Max(0, left.TotalMilliseconds) : -1,
            Headers = headers,
        };
        var opening = hasRequest
            ? Target.Peer.OpenSilentlyAsync(ChannelProtocol.Grpc, head, timeout + Grace, Stop)
            : Target.Peer.OpenAsync(ChannelProtocol.Grpc, head, timeout + Grace, final: false, Stop);
        var call = await opening.ConfigureAwait(false);
        lock (_lock)
        {
            if (!_closed)
            {
                return _call = call;
            }
        }

        call.Abort(AbortCode.Cancelled);
        call.Dispose();
        throw new OperationCanceledException(Stop);
    }

    protected void SetHeaders(Metadata headers) => _headers.TrySetResult(headers);

    /// <summary>The channel's call stays valid until <see cref="EndUse"/>; false when it is gone.</summary>
    protected bool TryUse()
    {
        lock (_lock)
        {
            _uses += _closed ? 0 : 1;
            return !_closed;
        }
    }

    protected void EndUse()
    {
        ChannelCall? unused;
        lock (_lock)
        {
            _uses--;
            unused = _closed && _uses == 0 ? _call : null;
        }

        unused?.Dispose();
    }

    /// <summary>Ends the call before its answer did.</summary>
    protected void Finish(Status status) => Finish(new LegacyEnd(status, []), wasRead: false);

    /// <param name="end">How it ended; the first word counts.</param>
    /// <param name="wasRead">Whether the answer was read to its end.</param>
    protected void Finish(LegacyEnd end, bool wasRead)
    {
        if (!_finished.TrySetResult(end))
        {
            return;
        }

        ChannelCall? unused;
        ChannelCall? broken;
        lock (_lock)
        {
            _closed = true;
            unused = _uses == 0 ? _call : null;
            broken = wasRead ? null : _call;
        }

        if (!wasRead)
        {
            broken?.Abort(AbortCode.Cancelled);
            _stop.Cancel();
        }

        _timer?.Dispose();
        _registration.Unregister();
        unused?.Dispose();
        _headers.TrySetResult([]);
        OnFinished(end);
    }

    private LegacyEnd End(string what) =>
        Finished.IsCompletedSuccessfully
            ? Finished.Result
            : throw new InvalidOperationException($"{what} can only be accessed once the call has finished.");

    private TimeSpan? Timeout()
    {
        if (options.Deadline is not { } deadline || deadline == DateTime.MaxValue)
        {
            return null;
        }

        var timeout = deadline - DateTime.UtcNow;
        return timeout < LongestTimeout ? timeout : LongestTimeout;
    }

    private void OnTimer()
    {
        if (Timeout() is { } left && left > TimeSpan.Zero)
        {
            SetTimer(left + TimeSpan.FromMilliseconds(1));
        }
        else
        {
            Finish(LegacyStatus.DeadlineExceeded);
        }
    }

    private void SetTimer(TimeSpan left)
    {
        try
        {
            _timer!.Change(left < LongestTimer ? left : LongestTimer, System.Threading.Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The call ended meanwhile.
        }
    }
}
