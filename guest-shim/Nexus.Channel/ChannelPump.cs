using System.Diagnostics;
using System.Runtime.InteropServices;
using Nexus.Channel.Interop;

namespace Nexus.Channel;

/// <summary>
/// Threads that wait for doorbells, drain rings and run what became ready, one loop for any number of channels. Leader and followers: the thread that
/// drained runs what is ready itself, without a hand-over, while another thread already waits for the next doorbell. Other descriptors may be watched beside
/// the doorbells, so that who waits for a socket and who waits for a ring is the same thread.
/// </summary>
public sealed class ChannelPump : IDisposable
{
    private const int MostSpinsSkipped = 255;
    private readonly DoorbellSet _doorbells = new();
    private readonly Dictionary<int, IPumpListener> _listeners = [];
    private readonly string _name;
    private readonly int _mostThreads;
    private readonly double _spinLimit;
    private readonly bool _itemsMayBlock;
    private int _nextKey;
    private int _waiting;
    private int _threads;
    private int _spinning;
    private int _spinPenalty;
    private int _spinsToSkip;
    private double _typicalWait = double.MaxValue;
    private volatile PeerListener? _only;
    private volatile bool _stopped;

    /// <summary>Creates a pump without threads.</summary>
    /// <param name="name">Name of its threads.</param>
    /// <param name="mostThreads">Threads it may grow to, counting a caller of <see cref="Run"/>; 1 to 64.</param>
    /// <param name="spinMicroseconds">Longest poll before sleeping; only used while answers typically come sooner than that. 0 never polls.</param>
    /// <param name="itemsMayBlock">
    /// True where continuations may be anybody's code, which may wait for one another: of several that are ready together only one runs on the
    /// pump's thread, and the pool has the others. False where none of them blocks: all run there one after the other, and nobody is woken.
    /// </param>
    public ChannelPump(string name, int mostThreads, int spinMicroseconds, bool itemsMayBlock = true)
    {
        _itemsMayBlock = itemsMayBlock;
        _name = name;
        _mostThreads = mostThreads;
        _spinLimit = spinMicroseconds * (Stopwatch.Frequency / 1e6);
    }

    /// <summary>Adds a channel and the eventfd its peer rings.</summary>
    /// <returns>A key, by which it is removed.</returns>
    public int Add(ChannelPeer peer, EventDoorbell ownDoorbell)
    {
        lock (_listeners)
        {
            var key = Register(new PeerListener(peer));
            _doorbells.Add(ownDoorbell.Descriptor, key);
            // Whatever came before the doorbell was watched.
            ownDoorbell.Ring();
            return key;
        }
    }

    /// <summary>Adds a descriptor, for example a socket's; its listener hears of everything that happens there from now on, and once of how it is now.</summary>
    /// <returns>A key, by which it is removed.</returns>
    public int Add(SafeHandle descriptor, IPumpListener listener)
    {
        lock (_listeners)
        {
            var key = Register(listener);
            _doorbells.AddBothWays(descriptor, key);
            return key;
        }
    }

    /// <summary>Removes a channel.</summary>
    public void Remove(int key, EventDoorbell ownDoorbell) => Remove(key, ownDoorbell.Descriptor);

    /// <summary>Removes any other descriptor.</summary>
    public void Remove(int key, SafeHandle descriptor)
    {
        lock (_listeners)
        {
            _doorbells.Remove(descriptor);
            _listeners.Remove(key);
            FindOnly();
        }
    }

    /// <summary>Starts one thread; more follow when needed.</summary>
    public void Start() => StartThread();

    /// <summary>Runs the loop on the calling thread until <see cref="Dispose"/>.</summary>
    public void Run()
    {
        Interlocked.Increment(ref _threads);
        Loop();
    }

    public void Dispose()
    {
        _stopped = true;
        _doorbells.Wake();
    }

    private int Register(IPumpListener listener)
    {
        var key = _nextKey++;
        _listeners.Add(key, listener);
        FindOnly();
        return key;
    }

    private void FindOnly() => _only = _listeners.Count == 1 ? _listeners.Values.First() as PeerListener : null;

    private void StartThread()
    {
        Interlocked.Increment(ref _threads);
        new Thread(Loop) { IsBackground = true, Name = _name }.Start();
    }

    private void Loop()
    {
        var ready = new List<IThreadPoolWorkItem>();
        // Few at a time where they run here: what is left wakes a follower.
        Span<int> rung = stackalloc int[_itemsMayBlock ? 64 : 4];
        while (!_stopped)
        {
            var count = Wait(rung, ready);
            for (var i = 0; i < count; i++)
            {
                ListenerOf(rung[i])?.Collect(ready);
            }

            RunReady(ready);
        }
    }

    /// <summary>Polls a little if that is likely to pay, then sleeps.</summary>
    private int Wait(Span<int> rung, List<IThreadPoolWorkItem> ready)
    {
        var start = Stopwatch.GetTimestamp();
        if (_only is { } only && SpinningPays() && Interlocked.Exchange(ref _spinning, 1) == 0)
        {
            var found = Spin(only.Peer, start);
            // Where the other end needs this very core, polling only delays it: each failure makes it rarer.
            _spinPenalty = found ? _spinPenalty / 2 : Math.Min((2 * _spinPenalty) + 1, MostSpinsSkipped);
            _spinsToSkip = found ? 0 : _spinPenalty;
            Volatile.Write(ref _spinning, 0);
            if (found || !only.Peer.Arm())
            {
                NoteWait(start);
                only.Collect(ready);
                return 0;
            }
        }

        Interlocked.Increment(ref _waiting);
        var count = _doorbells.Wait(rung);
        Interlocked.Decrement(ref _waiting);
        NoteWait(start);
        return count;
    }

    private bool SpinningPays()
    {
        if (_typicalWait >= _spinLimit)
        {
            return false;
        }

        return _spinsToSkip <= 0 || _spinsToSkip-- <= 0;
    }

    private bool Spin(ChannelPeer peer, long start)
    {
        if (!peer.TryEnter())
        {
            return false;
        }

        peer.Disarm();
        var found = false;
        while (!found && Stopwatch.GetTimestamp() - start < _spinLimit)
        {
            for (var i = 0; i < 16 && !found; i++)
            {
                found = peer.HasIncomingEntered;
                Thread.SpinWait(8);
            }
        }

        peer.Exit();
        return found;
    }

    private void NoteWait(long start)
    {
        var waited = Math.Min(Stopwatch.GetTimestamp() - start, 8 * _spinLimit);
        _typicalWait = _typicalWait == double.MaxValue ? waited : (0.8 * _typicalWait) + (0.2 * waited);
    }

    private void RunReady(List<IThreadPoolWorkItem> ready)
    {
        if (ready.Count == 0)
        {
            return;
        }

        // Without a follower nothing runs here: somebody has to wait for doorbells, whatever an item turns out to do.
        var inline =
            !EnsureFollower() ? 0
            : _itemsMayBlock ? 1
            : ready.Count;
        for (var i = inline; i < ready.Count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(ready[i], preferLocal: false);
        }

        for (var i = 0; i < inline; i++)
        {
            ready[i].Execute();
        }

        ready.Clear();
    }

    /// <summary>True when another thread waits for doorbells, or was started to.</summary>
    private bool EnsureFollower()
    {
        if (Volatile.Read(ref _waiting) > 0)
        {
            return true;
        }

        if (Volatile.Read(ref _threads) >= _mostThreads)
        {
            return false;
        }

        StartThread();
        return true;
    }

    private IPumpListener? ListenerOf(int key)
    {
        if (_only is { } only && _nextKey == 1)
        {
            return only;
        }

        lock (_listeners)
        {
            return _listeners.GetValueOrDefault(key);
        }
    }
}
