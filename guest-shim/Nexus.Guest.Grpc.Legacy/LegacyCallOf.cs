using Nexus.Channel;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>One call: sends its request or lets the program write several, reads its response or lets the program read several.</summary>
internal sealed class LegacyCall<TRequest, TResponse>(
    LegacyChannel channel,
    IMethod method,
    CallInvocationDetails<TRequest, TResponse> details
) : LegacyCall(channel, method, details.Options)
    where TRequest : class
    where TResponse : class
{
    private readonly object _lock = new();
    private readonly MessageSender _sender = new(channel.Target.Calls);
    private readonly TaskCompletionSource<TResponse>? _response = method.Type is MethodType.Unary or MethodType.ClientStreaming
        ? new()
        : null;

    // Completed by the call's end too, with null.
    private readonly TaskCompletionSource<ChannelCall?> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MessageReceiver? _receiver;
    private IMessageCompression? _compression;
    private IMessageCompression? _answerCompression;
    private Task<TResponse?>? _reading;
    private Task? _writing;
    private bool _halfClosed;
    private bool _hasRead;

    public Task<TResponse> Response => _response!.Task;

    /// <param name="request">The request; null when the program writes them.</param>
    public void Start(TRequest? request)
    {
        Begin();
        var headers = LegacyHeaders.Of(Options, out _compression);
        var hasCredentials = Target.UsesCallCredentials && (Options.Credentials is not null || Target.CallCredentials.Count > 0);
        var opening = hasCredentials || IsFinished ? null : OpenAsync(headers, hasRequest: request is not null).AsTask();
        if (request is null || opening is not { IsCompletedSuccessfully: true })
        {
            var payload = request is null ? null : Serialize(request);
            _ = RunAsync(payload, headers, opening);
            return;
        }

        try
        {
            // What the serializer throws is the caller's.
            _sender.Serialize(
                opening.Result,
                request,
                details.RequestMarshaller.ContextualSerializer,
                CompressionFor(Options.WriteOptions)
            );
        }
        catch
        {
            Finish(LegacyStatus.Cancelled);
            throw;
        }

        _ = RunAsync(opening.Result);
    }

    public Task WriteAsync(TRequest message, WriteOptions? options)
    {
        lock (_lock)
        {
            if (CheckWrite() is { } early)
            {
                return early;
            }

            if (Finished.IsCompletedSuccessfully)
            {
                return Task.FromException(Finished.Result.Failure());
            }

            var payload = _opened.Task.IsCompletedSuccessfully ? null : Serialize(message);
            var call = payload is null ? _opened.Task.Result : null;
            if (call is not null && TryUse())
            {
                try
                {
                    _sender.Serialize(call, message, details.RequestMarshaller.ContextualSerializer, CompressionFor(options));
                }
                catch
                {
                    EndUse();
                    throw;
                }
            }
            else
            {
                payload ??= [];
            }

            return _writing = SendAsync(payload, options);
        }
    }

    public Task CompleteAsync()
    {
        lock (_lock)
        {
            if (CheckWrite() is { } early)
            {
                return early;
            }

            _halfClosed = true;
            return IsFinished ? Task.CompletedTask : HalfCloseAsync();
        }
    }

    /// <summary>The next response; null when there is none, and the call's end says why.</summary>
    public Task<TResponse?> ReadAsync()
    {
        lock (_lock)
        {
            return _reading is { IsCompleted: false } ? throw new InvalidOperationException("Only one read can be pending at a time")
                : IsFinished ? Task.FromResult<TResponse?>(null)
                : _reading = ReadNextAsync();
        }
    }

    protected override void OnFinished(LegacyEnd end)
    {
        _opened.TrySetResult(null);
        _answered.TrySetResult();
        if (_response is not null && end.Status.StatusCode != StatusCode.OK)
        {
            _response.TrySetException(end.Failure());
            _ = _response.Task.Exception;
        }
    }

    /// <summary>Opens the call after the caller has gone on, since that takes time, and sends what was serialized before.</summary>
    /// <param name="payload">Null when the program writes its requests.</param>
    /// <param name="headers">Those of the call's options.</param>
    /// <param name="opening">Null when the call's credentials come first.</param>
    private async Task RunAsync(byte[]? payload, List<KeyValuePair<string, string>> headers, Task<ChannelCall>? opening)
    {
        if (IsFinished && opening is null)
        {
            return;
        }

        ChannelCall call;
        try
        {
            if (opening is null && !await AddCredentialsAsync(headers).ConfigureAwait(false))
            {
                return;
            }

            call = await (opening ?? OpenAsync(headers, payload is not null).AsTask()).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ChannelException or OperationCanceledException or ObjectDisposedException)
        {
            Finish(LegacyStatus.FromFailure(failure));
            return;
        }

        if (payload is not null)
        {
            _sender.Serialize(call, payload, static (bytes, context) => context.Complete(bytes), CompressionFor(Options.WriteOptions));
        }

        await RunAsync(call).ConfigureAwait(false);
    }

    private async Task RunAsync(ChannelCall call)
    {
        if (!TryUse())
        {
            _sender.Discard();
            return;
        }

        try
        {
            if (Method.Type is MethodType.Unary or MethodType.ServerStreaming && !await SendAsync(final: true).ConfigureAwait(false))
            {
                return;
            }

            _receiver = new MessageReceiver(call, Target.MaxReceiveBytes, Target.ReceivedTooLarge);
            _opened.TrySetResult(call);
            var head = await _receiver.ReadHeadAsync(Stop).ConfigureAwait(false);
            Channel.Connect();
            if (LegacyStatus.FromHead(head) is { } decided)
            {
                var trailers = LegacyStatus.Metadata(head.Fields, ref decided);
                FinishRead(_response is not null && decided.StatusCode == StatusCode.OK ? LegacyStatus.NotDeserialized : decided, trailers);
                return;
            }

            var status = default(Status);
            SetHeaders(LegacyStatus.Metadata(head.Fields, ref status));
            _answerCompression = head.Fields.Find("grpc-encoding"u8, firstOnly: true) is { } name ? Target.CompressionNamed(name) : null;
            _answered.TrySetResult();
            if (_response is not null)
            {
                await ReadOnlyAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            EndUse();
        }
    }

    /// <summary>The response of a call that has one, and the rest of the answer.</summary>
    private async Task ReadOnlyAsync()
    {
        TResponse? message = null;
        var isEmpty = true;
        var isGood = false;
        while (await NextAsync().ConfigureAwait(false))
        {
            // The native library takes no second message from the connection; here it is let go.
            isGood = isEmpty ? TryDeserialize(out message) : isGood;
            isEmpty = false;
            _receiver!.Release();
        }

        var (status, trailers) = AtEnd(isEmpty);
        if (status.StatusCode != StatusCode.OK || isGood)
        {
            FinishRead(status, trailers, message);
        }
        else
        {
            FinishRead(LegacyStatus.NotDeserialized, trailers);
        }
    }

    private async Task<TResponse?> ReadNextAsync()
    {
        await _answered.Task.ConfigureAwait(false);
        if (IsFinished || !TryUse())
        {
            return null;
        }

        try
        {
            if (!await NextAsync().ConfigureAwait(false))
            {
                var (status, trailers) = AtEnd(isEmpty: !_hasRead);
                FinishRead(status, trailers);
                return null;
            }

            _hasRead = true;
            var isGood = TryDeserialize(out var message);
            _receiver!.Release();
            if (isGood)
            {
                return message;
            }

            Finish(LegacyStatus.NotDeserialized);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            EndUse();
        }

        return null;
    }

    /// <summary>Moves to the next message. An answer that ends within a prefix is one that ends.</summary>
    private async ValueTask<bool> NextAsync()
    {
        try
        {
            return await _receiver!.ReadAsync(Stop).ConfigureAwait(false);
        }
        catch (InvalidDataException) when (_receiver!.End is not null)
        {
            return false;
        }
    }

    private bool TryDeserialize(out TResponse? message)
    {
        try
        {
            if (_receiver!.IsCompressed && _answerCompression is not null)
            {
                _receiver.Decompress(_answerCompression);
            }

            message = details.ResponseMarshaller.ContextualDeserializer(_receiver);
            return true;
        }
        catch (Exception)
        {
            // The library tells its user no more of it either.
            message = null;
            return false;
        }
    }

    private (Status Status, Metadata Trailers) AtEnd(bool isEmpty)
    {
        var fields = _receiver!.End?.Fields ?? default;
        var status = LegacyStatus.AtEnd(fields, isEmpty);
        var trailers = LegacyStatus.Metadata(fields, ref status);
        return (status, trailers);
    }

    private void FinishRead(Status status, Metadata trailers, TResponse? message = null)
    {
        Finish(new LegacyEnd(status, trailers), wasRead: true);
        if (message is not null && Finished.Result.Status.StatusCode == StatusCode.OK)
        {
            _response!.TrySetResult(message);
        }
    }

    private void Fail(Exception failure)
    {
        if (failure is GrpcFailureException { Kind: Nexus.Channel.Messages.GrpcFailureKind.Connect })
        {
            Channel.Fail();
        }

        Finish(LegacyStatus.FromFailure(failure));
    }

    /// <summary>Why the program may not write now; null when it may.</summary>
    private Task? CheckWrite()
    {
        if (_halfClosed)
        {
            throw new InvalidOperationException("Request stream has already been completed.");
        }

        return _writing is { IsCompleted: false } ? throw new InvalidOperationException("Only one write can be pending at a time.")
            : IsCancelRequested ? Task.FromCanceled(new CancellationToken(canceled: true))
            : null;
    }

    /// <param name="payload">Null when the message is in the sender already.</param>
    /// <param name="options">Of this write.</param>
    private async Task SendAsync(byte[]? payload, WriteOptions? options)
    {
        if (payload is not null)
        {
            if (await _opened.Task.ConfigureAwait(false) is not { } call || !TryUse())
            {
                throw (await Finished.ConfigureAwait(false)).Failure();
            }

            _sender.Serialize(call, payload, static (bytes, context) => context.Complete(bytes), CompressionFor(options));
        }

        try
        {
            if (await SendAsync(final: false).ConfigureAwait(false))
            {
                return;
            }
        }
        catch (Exception failure) when (failure is ChannelException or OperationCanceledException or ObjectDisposedException)
        {
            // The answer, which may still be there to be read, says how the call ended.
        }
        finally
        {
            EndUse();
        }

        throw (await Finished.ConfigureAwait(false)).Failure();
    }

    /// <summary>Sends what was serialized, unless it is too large: then the call ends.</summary>
    private async ValueTask<bool> SendAsync(bool final)
    {
        if (Channel.Target.MostSent is { } most && _sender.Length > most)
        {
            var status = LegacyStatus.SentTooLarge(_sender.Length, most);
            _sender.Discard();
            Finish(status);
            return false;
        }

        await _sender.SendAsync(final, Stop).ConfigureAwait(false);
        return true;
    }

    private async Task HalfCloseAsync()
    {
        if (await _opened.Task.ConfigureAwait(false) is { } call && TryUse())
        {
            call.Complete();
            EndUse();
        }
    }

    private byte[] Serialize(TRequest message)
    {
        var context = new ArraySerialization();
        try
        {
            details.RequestMarshaller.ContextualSerializer(message, context);
            var payload = context.Payload;
            Target.Peer.CountCopied(payload.Length);
            return payload;
        }
        catch
        {
            if (Method.Type is MethodType.Unary or MethodType.ServerStreaming)
            {
                Finish(LegacyStatus.Cancelled);
            }

            throw;
        }
    }

    private IMessageCompression? CompressionFor(WriteOptions? options) =>
        ((options?.Flags ?? 0) & WriteFlags.NoCompress) == 0 ? _compression : null;

    private async Task<bool> AddCredentialsAsync(List<KeyValuePair<string, string>> headers)
    {
        var reader = new CallCredentialsReader(Target.Address, Method, Stop);
        try
        {
            foreach (var credentials in Target.CallCredentials)
            {
                await reader.ReadAsync(credentials, headers).ConfigureAwait(false);
            }

            if (Options.Credentials is { } own)
            {
                await reader.ReadAsync(own, headers).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception failure)
        {
            Finish(LegacyStatus.NoToken(failure));
            return false;
        }
    }
}
