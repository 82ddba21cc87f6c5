using Microsoft.AspNetCore.Http.Features;

namespace Nexus.Guest.AspNetCore;

/// <content>The end of the request before its time, from either side.</content>
internal abstract partial class ServedRequest : IHttpRequestLifetimeFeature
{
    private readonly object _lifetimeGate = new();
    private CancellationTokenSource? _abortedSource;
    private CancellationTokenRegistration _abortedRegistration;
    private CancellationToken? _abortedToken;

    /// <summary>Made when first asked for: most requests never are.</summary>
    public CancellationToken RequestAborted
    {
        get
        {
            lock (_lifetimeGate)
            {
                return _abortedToken ??= Source().Token;
            }
        }
        set
        {
            lock (_lifetimeGate)
            {
                _abortedToken = value;
            }
        }
    }

    private CancellationTokenSource Source()
    {
        if (_abortedSource is null)
        {
            _abortedSource = new CancellationTokenSource();
            if (IsAborted || _ended)
            {
                if (IsAborted)
                {
                    _abortedSource.Cancel();
                }
            }
            else
            {
                _abortedRegistration = _call.Aborted.UnsafeRegister(static state => ((ServedRequest)state!).OnCallerGone(), this);
            }
        }

        return _abortedSource;
    }

    private void OnCallerGone()
    {
        NoteAborted();
        CancelRequestAborted();
    }

    private void CancelRequestAborted()
    {
        CancellationTokenSource? source;
        lock (_lifetimeGate)
        {
            source = _abortedSource;
        }

        if (source is not null)
        {
            // The callbacks are the program's own.
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), source, preferLocal: false);
        }
    }
}
