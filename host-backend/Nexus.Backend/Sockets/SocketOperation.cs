using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Nexus.Backend.Sockets;

/// <summary>
/// One direction of a <see cref="PumpSocket"/>: what is asked for is tried at once, and again each time something happened at the socket, until it succeeds, fails, is
/// cancelled or the socket is closed. One request at a time.
/// </summary>
internal abstract class SocketOperation : IThreadPoolWorkItem, IValueTaskSource<int>, IValueTaskSource
{
    private readonly object _gate = new();
    private ManualResetValueTaskSourceCore<int> _source;
    private CancellationToken _token;
    private CancellationTokenRegistration _cancellation;
    private State _state;

    // Something happened that no attempt has seen yet.
    private bool _signalled;
    private Exception? _ending;

    private enum State
    {
        Idle,
        Waiting,

        // The pump has it among what it runs next.
        Queued,
        Running,
    }

    /// <summary>Whether what waits goes on on the pump's thread, rather than in the pool.</summary>
    public bool ContinuesOnPump { get; set; }

    /// <summary>Something happened at the socket.</summary>
    public void Signal(List<IThreadPoolWorkItem> ready)
    {
        lock (_gate)
        {
            _signalled = true;
            if (_state == State.Waiting)
            {
                _state = State.Queued;
                ready.Add(this);
            }
        }
    }

    /// <summary>Ends what waits, and everything asked for later, with an exception.</summary>
    public void End(Exception reason)
    {
        lock (_gate)
        {
            _ending ??= reason;
            if (_state is not (State.Waiting or State.Queued))
            {
                return;
            }

            _state = State.Idle;
        }

        Fail(reason);
    }

    /// <summary>The pump's turn: tries again.</summary>
    public void Execute()
    {
        lock (_gate)
        {
            if (_state != State.Queued)
            {
                return;
            }

            _state = State.Running;
            _signalled = false;
        }

        while (true)
        {
            var error = AttemptOrAbort(out var result);
            lock (_gate)
            {
                // Whoever ended or cancelled it during the attempt left that to this thread.
                if (error == SocketError.WouldBlock && _ending is null && !_token.IsCancellationRequested)
                {
                    if (!_signalled)
                    {
                        _state = State.Waiting;
                        return;
                    }

                    _signalled = false;
                    continue;
                }

                _state = State.Idle;
            }

            Finish(error, result);
            return;
        }
    }

    public int GetResult(short token) => _source.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Tries what was asked for, once, without waiting.</summary>
    protected abstract SocketError Attempt(out int result);

    /// <summary>What the caller sees of an error.</summary>
    protected abstract Exception Describe(SocketError error);

    /// <summary>Starts what the deriving class has noted.</summary>
    /// <returns>True with the result when it was done at once; otherwise <see cref="Token"/> identifies it.</returns>
    protected bool TryStart(CancellationToken cancellation, out int result)
    {
        cancellation.ThrowIfCancellationRequested();
        while (true)
        {
            lock (_gate)
            {
                ThrowIfEnded();
                _signalled = false;
            }

            var error = AttemptOrAbort(out result);
            if (error == SocketError.Success)
            {
                return true;
            }

            if (error != SocketError.WouldBlock)
            {
                throw Describe(error);
            }

            lock (_gate)
            {
                ThrowIfEnded();
                if (!_signalled)
                {
                    _source.Reset();
                    _source.RunContinuationsAsynchronously = !ContinuesOnPump;
                    _state = State.Waiting;
                    _token = cancellation;
                    // Within the gate, so that nobody finishes a request whose registration is not noted yet.
                    _cancellation = cancellation.UnsafeRegister(
                        static (operation, token) => ((SocketOperation)operation!).Cancel(token),
                        this
                    );
                    return false;
                }
            }
        }
    }

    protected short Token => _source.Version;

    private SocketError AttemptOrAbort(out int result)
    {
        try
        {
            return Attempt(out result);
        }
        catch (ObjectDisposedException)
        {
            // Closed by another thread.
            result = 0;
            return SocketError.OperationAborted;
        }
    }

    private void ThrowIfEnded()
    {
        if (_ending is not null)
        {
            throw _ending;
        }
    }

    private void Cancel(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_state is not (State.Waiting or State.Queued))
            {
                return;
            }

            _state = State.Idle;
        }

        // Not disposed of here: this runs within it.
        _source.SetException(new OperationCanceledException(cancellation));
    }

    private void Finish(SocketError error, int result)
    {
        if (error == SocketError.Success)
        {
            _cancellation.Dispose();
            _source.SetResult(result);
        }
        else
        {
            Fail(error == SocketError.WouldBlock ? _ending ?? new OperationCanceledException(_token) : Describe(error));
        }
    }

    private void Fail(Exception reason)
    {
        _cancellation.Dispose();
        _source.SetException(reason);
    }
}
