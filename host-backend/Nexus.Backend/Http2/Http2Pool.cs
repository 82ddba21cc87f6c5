using System.Diagnostics.CodeAnalysis;

namespace Nexus.Backend.Http2;

/// <summary>The connections to one server. A request takes the first that has room; when none has, one more is made.</summary>
/// <param name="connect">Makes a connection, whose failures concern all requests that wait for it.</param>
internal sealed class Http2Pool(Func<Action<Http2Connection>, Task<Http2Connection>> connect) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<TaskCompletionSource<Http2Connection>> _waiting = [];
    private Http2Connection[] _connections = [];
    private bool _isConnecting;
    private bool _isDisposed;

    /// <summary>A connection with a place for one request, which has to be used or given back; or, as a failure, why none can be made.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="entered">The connection.</param>
    /// <returns>False once the pool is out of use.</returns>
    public bool TryEnter(CancellationToken cancellation, out ValueTask<Http2Connection> entered)
    {
        entered = default;
        TaskCompletionSource<Http2Connection> waiting;
        bool connects;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return false;
            }

            if (TryEnterLocked() is { } connection)
            {
                entered = new ValueTask<Http2Connection>(connection);
                return true;
            }

            waiting = new TaskCompletionSource<Http2Connection>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiting);
            connects = NeedsMoreLocked();
        }

        if (connects)
        {
            _ = ConnectAsync();
        }

        entered = WaitAsync(waiting, cancellation);
        return true;
    }

    /// <summary>Ends connections that are of no use, see <see cref="Http2Connection.CloseIfUnused"/>, and with the last one the pool.</summary>
    /// <returns>Whether it is out of use.</returns>
    public bool CloseUnused(TimeSpan idle, TimeSpan silent)
    {
        foreach (var connection in Volatile.Read(ref _connections))
        {
            connection.CloseIfUnused(idle, silent);
        }

        lock (_gate)
        {
            return _isDisposed |= _connections.Length == 0 && _waiting.Count == 0 && !_isConnecting;
        }
    }

    public void Dispose()
    {
        Http2Connection[] connections;
        lock (_gate)
        {
            _isDisposed = true;
            (connections, _connections) = (_connections, []);
        }

        foreach (var connection in connections)
        {
            connection.Dispose();
        }

        FailWaiting(new ObjectDisposedException(nameof(Http2Pool)));
    }

    private static async ValueTask<Http2Connection> WaitAsync(TaskCompletionSource<Http2Connection> waiting, CancellationToken cancellation)
    {
        using var registration = cancellation.UnsafeRegister(
            static (waiting, token) => ((TaskCompletionSource<Http2Connection>)waiting!).TrySetCanceled(token),
            waiting
        );
        return await waiting.Task.ConfigureAwait(false);
    }

    private Http2Connection? TryEnterLocked() => Array.Find(_connections, static connection => connection.TryEnter());

    /// <summary>Makes connections for as long as requests wait that none has room for.</summary>
    private async Task ConnectAsync()
    {
        do
        {
            try
            {
                var connection = await connect(OnRoom).ConfigureAwait(false);
                bool isWanted;
                lock (_gate)
                {
                    isWanted = !_isDisposed;
                    _connections = isWanted ? [.. _connections, connection] : [];
                }

                if (!isWanted)
                {
                    connection.Dispose();
                }

                connection.Start();
                Serve();
            }
            catch (Exception failure)
            {
                FailWaiting(failure);
            }
        } while (NeedsMore());
    }

    private bool NeedsMore()
    {
        lock (_gate)
        {
            _isConnecting = false;
            return NeedsMoreLocked();
        }
    }

    /// <summary>Whether the caller has to make a connection. Not while one is being made, or may yet turn out to have room for all.</summary>
    private bool NeedsMoreLocked()
    {
        var needs = _waiting.Count > 0 && !_isConnecting && !_isDisposed && Array.TrueForAll(_connections, static one => one.IsSettled);
        _isConnecting |= needs;
        return needs;
    }

    private void OnRoom(Http2Connection connection)
    {
        if (connection.IsLeaving)
        {
            lock (_gate)
            {
                _connections = [.. _connections.Where(other => other != connection)];
            }
        }

        Serve();
    }

    /// <summary>Lets those in that there is room for, and has a connection made for the others.</summary>
    private void Serve()
    {
        while (TryPair(out var connection, out var waiting))
        {
            if (!waiting.TrySetResult(connection))
            {
                connection.Leave();
            }
        }

        bool connects;
        lock (_gate)
        {
            connects = NeedsMoreLocked();
        }

        if (connects)
        {
            _ = ConnectAsync();
        }
    }

    private bool TryPair(
        [NotNullWhen(true)] out Http2Connection? connection,
        [NotNullWhen(true)] out TaskCompletionSource<Http2Connection>? waiting
    )
    {
        lock (_gate)
        {
            (connection, waiting) = (_waiting.Count > 0 ? TryEnterLocked() : null, null);
            return connection is not null && _waiting.TryDequeue(out waiting);
        }
    }

    private void FailWaiting(Exception failure)
    {
        TaskCompletionSource<Http2Connection>[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var one in waiting)
        {
            one.TrySetException(failure);
        }
    }
}
