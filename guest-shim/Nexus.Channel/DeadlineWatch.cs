using System.Diagnostics;

namespace Nexus.Channel;

/// <summary>
/// Fails calls whose deadline has passed. Runs every 50 ms and only while there are any, so that a call ends in time although the other end is
/// gone; the responder enforces the deadline itself, exactly.
/// </summary>
internal sealed class DeadlineWatch(object gate, CallTables calls, SendArena arena) : IDisposable
{
    private const int IntervalMilliseconds = 50;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private Timer? _timer;
    private bool _runs;
    private bool _disposed;

    /// <summary>The deadline in <see cref="Stopwatch"/> ticks; a timeout beyond 30 days counts as 30 days.</summary>
    public static long After(TimeSpan? timeout)
    {
        if (timeout is not { } span || span == Timeout.InfiniteTimeSpan)
        {
            return long.MaxValue;
        }

        var seconds = Math.Clamp(span.TotalSeconds, 0, Longest.TotalSeconds);
        return Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
    }

    public static string Message(ChannelCall call) => ChannelDiagnostics.DeadlineExceeded.With($"call {call.Id:x}").Message;

    /// <summary>Called under the gate, after a call with a deadline was opened.</summary>
    public void Start()
    {
        if (!_runs && !_disposed)
        {
            _runs = true;
            _timer ??= new Timer(static watch => ((DeadlineWatch)watch!).Expire(), this, Timeout.Infinite, Timeout.Infinite);
            _timer.Change(IntervalMilliseconds, IntervalMilliseconds);
        }
    }

    /// <summary>Called under the gate.</summary>
    public void Dispose()
    {
        _disposed = true;
        _timer?.Dispose();
    }

    private void Expire()
    {
        var now = Stopwatch.GetTimestamp();
        List<IThreadPoolWorkItem>? ready = null;
        lock (gate)
        {
            if (_disposed)
            {
                return;
            }

            var pending = false;
            foreach (var call in calls.Opened.Calls)
            {
                if (call.Deadline > now)
                {
                    pending |= call.Deadline != long.MaxValue;
                }
                else if (call.Fail(AbortCode.DeadlineExceeded, Message(call)))
                {
                    (ready ??= []).Add(call);
                }
            }

            if (!pending)
            {
                _runs = false;
                _timer!.Change(Timeout.Infinite, Timeout.Infinite);
            }

            arena.SpaceFreed();
        }

        foreach (var call in ready ?? [])
        {
            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
        }
    }
}
