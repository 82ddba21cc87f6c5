using System.Diagnostics.CodeAnalysis;
using Nexus.Channel;

namespace Nexus.Guest.Http;

/// <summary>The request's body on its way: it goes on while the answer arrives, and ends with it.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The source holds no timer and no handle; it must outlive the response for a late cancellation."
)]
internal sealed class HttpSending(ChannelCall call, HttpContent content, long length, bool async, CancellationToken cancellation)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _started;

    /// <summary>Ends the body early.</summary>
    public CancellationTokenSource Stop { get; } = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Completes when everything is in the channel, fails with what the content threw.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts to send; once.</summary>
    public void Start()
    {
        if (!_started)
        {
            _started = true;
            _ = RunAsync();
        }
    }

    /// <summary>Throws what the content threw, as the library shows it.</summary>
    public async Task ThrowAsync()
    {
        try
        {
            await Completion.ConfigureAwait(false);
        }
        catch (Exception failure)
            when (failure is not OperationCanceledException && HttpFaults.FromContent(failure) is var shown && shown != failure)
        {
            throw shown;
        }
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "It is kept for whoever waits for the answer."
    )]
    private async Task RunAsync()
    {
        var stream = new RequestStream(call, length);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                if (async)
                {
                    await content.CopyToAsync(stream, null, Stop.Token).ConfigureAwait(false);
                }
                else
                {
                    content.CopyTo(stream, null, Stop.Token);
                }

                stream.Finish();
                _completion.SetResult();
            }
            catch (Exception failure)
            {
                stream.Abandon();
                // Before the backend hears of it: its own end of the call must not be what the program is told.
                _completion.SetException(failure);
                // Nobody may be waiting any more.
                _ = _completion.Task.Exception;
                call.Abort(AbortCode.Failed);
            }
        }
    }
}
