using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <content>The response: its status, headers, callbacks and body.</content>
internal abstract partial class ServedRequest : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly HeaderDictionary _responseHeaders = [];
    private Stack<(Func<object, Task> Callback, object State)>? _onStarting;
    private Stack<(Func<object, Task> Callback, object State)>? _onCompleted;
    private Stream? _responseStream;
    private long _bytesWritten;
    private bool _hasAdvanced;

    public bool HasStarted { get; private set; }

    public int StatusCode
    {
        get;
        set
        {
            ThrowIfStarted(nameof(StatusCode));
            field = value;
        }
    } = StatusCodes.Status200OK;

    public string? ReasonPhrase
    {
        get;
        set
        {
            ThrowIfStarted(nameof(ReasonPhrase));
            field = value;
        }
    }

    IHeaderDictionary IHttpResponseFeature.Headers
    {
        get => _responseHeaders;
        set => throw new NotSupportedException("The dictionary of the response's headers cannot be exchanged.");
    }

    Stream IHttpResponseFeature.Body
    {
        get => ResponseStream;
        set => _responseStream = value;
    }

    Stream IHttpResponseBodyFeature.Stream => ResponseStream;

    PipeWriter IHttpResponseBodyFeature.Writer => Output;

    private Stream ResponseStream => _responseStream ??= new ResponseBodyStream(this, Output);

    public void OnStarting(Func<object, Task> callback, object state)
    {
        ThrowIfStarted(nameof(OnStarting));
        (_onStarting ??= new()).Push((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => (_onCompleted ??= new()).Push((callback, state));

    /// <summary>Nothing here holds bytes back for long.</summary>
    public void DisableBuffering() { }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!HasStarted)
        {
            await Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task CompleteAsync()
    {
        if (_ended || IsAborted)
        {
            return;
        }

        if (!HasStarted)
        {
            await FireOnStartingAsync().ConfigureAwait(false);
            ThrowIfFailed();
        }

        if (TooFewBytes() is { } shortfall)
        {
            Fail(shortfall);
        }

        await EndAsync().ConfigureAwait(false);
    }

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        var length = RandomAccess.GetLength(file);
        if (offset < 0 || offset > length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, string.Empty);
        }

        if (count is < 0 || count > length - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, string.Empty);
        }

        await Output.SendFileAsync(file, offset, count ?? (length - offset), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The program is about to send this many bytes more.</summary>
    /// <exception cref="InvalidOperationException">More than it announced, or the response has no body.</exception>
    public void NoteWrite(long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        _hasAdvanced = true;
        if (!CanHaveBody)
        {
            if (HttpMethods.IsHead(Method))
            {
                return;
            }

            throw new InvalidOperationException($"Writing to the response body is invalid for responses with status code {StatusCode}.");
        }

        if (_responseHeaders.ContentLength is { } announced && !HttpMethods.IsHead(Method) && _bytesWritten + bytes > announced)
        {
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Response Content-Length mismatch: too many bytes written ({_bytesWritten + bytes} of {announced})."
                )
            );
        }

        _bytesWritten += bytes;
    }

    /// <summary>Callbacks, then status and headers. What follows at once goes out with them.</summary>
    /// <param name="appCompleted">No body will follow.</param>
    /// <returns>The head; to be sent before anything else.</returns>
    public async ValueTask<HttpResponseHead> BeginAsync(bool appCompleted)
    {
        if (_onStarting is not null)
        {
            await FireOnStartingAsync().ConfigureAwait(false);
        }

        if (!appCompleted)
        {
            ThrowIfFailed();
        }

        return MakeHead(appCompleted);
    }

    public async Task FireOnStartingAsync()
    {
        while (_onStarting is not null && _onStarting.TryPop(out var entry))
        {
            try
            {
                await entry.Callback(entry.State).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The program's own callback; the response becomes its error.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Fail(failure);
                return;
            }
        }
    }

    public async Task FireOnCompletedAsync()
    {
        while (_onCompleted is not null && _onCompleted.TryPop(out var entry))
        {
            try
            {
                await entry.Callback(entry.State).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The program's own callback; the response is complete already.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                ServerLog.ApplicationError(_settings.Logger, ConnectionId, TraceIdentifier, failure);
            }
        }
    }

    protected void ThrowIfStarted(string what)
    {
        if (HasStarted)
        {
            throw new InvalidOperationException($"{what} cannot be set because the response has already started.");
        }
    }

    private void ThrowIfFailed()
    {
        if (Failure is not null)
        {
            throw new ObjectDisposedException("The response has been aborted due to an unhandled application exception.", Failure);
        }
    }

    private void ResetToError(int status)
    {
        _responseHeaders.Clear();
        DropTrailers();
        StatusCode = status;
        ReasonPhrase = null;
        _bytesWritten = 0;
        _hasAdvanced = false;
        _responseHeaders.ContentLength = 0;
    }

    protected virtual void DropTrailers() { }

    private InvalidOperationException? TooFewBytes()
    {
        if (
            HttpMethods.IsHead(Method)
            || StatusCode == StatusCodes.Status304NotModified
            || _responseHeaders.ContentLength is not { } announced
            || _bytesWritten >= announced
        )
        {
            return null;
        }

        return new InvalidOperationException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Response Content-Length mismatch: too few bytes written ({_bytesWritten} of {announced})."
            )
        );
    }

    private HttpResponseHead MakeHead(bool appCompleted)
    {
        // RFC 9110, 6.4.1: which responses have content.
        var statusHasBody = StatusCode is >= 200 and not (204 or 205 or 304);
        CanHaveBody = (statusHasBody || StatusCode == 101 || IsExtendedConnect) && !HttpMethods.IsHead(Method);
        if (StatusCode is (>= 100 and < 200) or 204 && _responseHeaders.ContentLength is { } length)
        {
            _responseHeaders.ContentLength = null;
            if (length != 0)
            {
                RefuseContentLength(appCompleted);
            }
        }
        else if (
            _responseHeaders.ContentLength is null
            && (appCompleted || !CanHaveBody)
            && !_hasAdvanced
            && !HttpMethods.IsHead(Method)
            && StatusCode is >= 200 and not (204 or 304)
        )
        {
            _responseHeaders.ContentLength = 0;
        }

        if (_settings.Options.AddServerHeader && !_responseHeaders.ContainsKey(HeaderNames.Server))
        {
            _responseHeaders[HeaderNames.Server] = "Kestrel";
        }

        var fields = new List<KeyValuePair<string, string>>(_responseHeaders.Count);
        HeaderText.Append(fields, _responseHeaders);
        HasStarted = true;
        _responseHeaders.IsReadOnly = true;
        return new HttpResponseHead
        {
            Status = StatusCode,
            Reason = ReasonPhrase ?? "",
            Version = _head.Version,
            ContentLength = _responseHeaders.ContentLength ?? -1,
            Headers = fields,
        };
    }

    private void RefuseContentLength(bool appCompleted)
    {
        var refusal = new InvalidOperationException(
            $"Setting the header Content-Length is not allowed on responses with status code {StatusCode}."
        );
        if (!appCompleted)
        {
            throw refusal;
        }

        Fail(refusal);
        ResetToError(StatusCodes.Status500InternalServerError);
        CanHaveBody = !HttpMethods.IsHead(Method);
    }
}
