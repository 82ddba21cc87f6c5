using Microsoft.AspNetCore.Http;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>
/// One request and its response: the features that a program sees, over one call of the channel. This part holds how a request ends; the others hold the features by
/// what they are about. The rules are those of Kestrel's <c>HttpProtocol</c>.
/// </summary>
internal abstract partial class ServedRequest : IDisposable
{
    // What one response may hold of the instance's arena, so that many slow callers leave room for the others.
    private const int ResponseWindow = 512 * 1024;
    private readonly ChannelCall _call;
    private readonly HttpRequestHead _head;
    private readonly ServerSettings _settings;
    private bool _rejected;
    private bool _ended;
    private bool _aborted;

    protected ServedRequest(ChannelCall call, HttpRequestHead head, ServerSettings settings)
    {
        _call = call;
        _head = head;
        _settings = settings;
        call.Window = ResponseWindow;
        Features = new ServedFeatures(this);
        MaxRequestBodySize = settings.Options.Limits.MaxRequestBodySize;
        AllowSynchronousIO = settings.Options.AllowSynchronousIO;
        Input = new RequestPipeReader(this, call, head.ContentLength);
        Output = new ResponsePipeWriter(this, call);
        ReadRequest();
    }

    public ServedFeatures Features { get; }

    /// <summary>What the program failed with; null while it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>True once the call is over for this end: the caller left, or the program aborted.</summary>
    public bool IsAborted => Volatile.Read(ref _aborted);

    protected ChannelCall Call => _call;

    protected HttpRequestHead Head => _head;

    protected RequestPipeReader Input { get; }

    protected ResponsePipeWriter Output { get; }

    /// <summary>Whether a body of this response may be sent.</summary>
    public bool CanHaveBody { get; private set; } = true;

    /// <summary>After the program returned: the response starts, unless it has, and its length is compared with what was announced.</summary>
    public async Task ConcludeAsync()
    {
        if (IsAborted)
        {
            return;
        }

        if (Failure is null && !HasStarted)
        {
            await FireOnStartingAsync().ConfigureAwait(false);
        }

        if (Failure is null && !_ended && TooFewBytes() is { } shortfall)
        {
            Fail(shortfall);
        }
    }

    /// <summary>The request is one that Kestrel would refuse.</summary>
    public void Reject(BadHttpRequestException bad)
    {
        _rejected = true;
        ServerLog.BadRequest(_settings.Logger, ConnectionId, bad.Message);
        if (!HasStarted)
        {
            ResetToError(bad.StatusCode);
            CloseConnection();
        }

        Failure ??= bad;
    }

    /// <summary>The program failed.</summary>
    public void Fail(Exception failure)
    {
        if (IsAborted && failure is OperationCanceledException or IOException)
        {
            ServerLog.RequestAborted(_settings.Logger, ConnectionId, TraceIdentifier);
            return;
        }

        Failure = Failure is null || ReferenceEquals(Failure, failure) ? failure : new AggregateException(Failure, failure);
        ServerLog.ApplicationError(_settings.Logger, ConnectionId, TraceIdentifier, failure);
    }

    /// <summary>Sends what is left of the response, or the error that takes its place.</summary>
    public async Task EndAsync()
    {
        if (_ended || IsAborted)
        {
            return;
        }

        if (Failure is not null)
        {
            if (HasStarted)
            {
                AbortCall(AbortCode.Failed);
                return;
            }

            if (!_rejected)
            {
                ResetToError(StatusCodes.Status500InternalServerError);
            }

            Output.Discard();
        }

        _ended = true;
        try
        {
            await Output.EndAsync(TakeTrailers()).ConfigureAwait(false);
        }
        catch (ArgumentException tooLarge)
        {
            ServerLog.ApplicationError(_settings.Logger, ConnectionId, TraceIdentifier, tooLarge);
            AbortCall(AbortCode.Failed);
        }
    }

    /// <summary>Lets go of what the request held; the call itself is its owner's.</summary>
    public void Dispose()
    {
        _ended = true;
        Output.Discard();
        Input.Close();
        _abortedRegistration.Dispose();
    }

    /// <summary>The program, or the host that stops, wants this request gone.</summary>
    public void Abort()
    {
        AbortCall(AbortCode.Cancelled);
        CancelRequestAborted();
    }

    /// <summary>Trailing fields of the response; null for none.</summary>
    protected abstract HttpTrailers? TakeTrailers();

    /// <summary>After a refusal no further request is taken from the connection, where it has one request at a time.</summary>
    protected virtual void CloseConnection() { }

    protected void AbortCall(AbortCode code)
    {
        Volatile.Write(ref _aborted, true);
        _call.Abort(code);
    }

    /// <summary>The caller is gone: from now on writes do nothing.</summary>
    internal void NoteAborted() => Volatile.Write(ref _aborted, true);
}
