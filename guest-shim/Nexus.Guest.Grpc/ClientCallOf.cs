using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>One call: sends its request or lets a writer do so, reads the response or lets a reader do so.</summary>
internal sealed class ClientCall<TRequest, TResponse>(GrpcTarget target, Method<TRequest, TResponse> method, CallOptions options)
    : ClientCall(target, options)
    where TRequest : class
    where TResponse : class
{
    private static readonly Status NotIdentity = new(
        StatusCode.Internal,
        "Request sent 'identity' grpc-encoding value with compressed message."
    );

    private readonly MessageSender _sender = new(target);
    private TaskCompletionSource<TResponse>? _response;
    private ChannelCall? _call;
    private MessageReceiver? _receiver;
    private string _encoding = MessageSender.Identity;

    public RequestWriter<TRequest, TResponse>? Writer { get; private set; }

    public ResponseReader<TRequest, TResponse>? Reader { get; private set; }

    public Task<TResponse> Response => _response!.Task;

    protected override GrpcFields TrailingFields => _receiver?.End?.Fields ?? default;

    protected override string Name =>
        Target.CallName
        ?? $"Grpc.Net.Client.Internal.GrpcCall`2[[{typeof(TRequest).AssemblyQualifiedName}],[{typeof(TResponse).AssemblyQualifiedName}]]";

    /// <param name="request">The request, unless a writer sends them.</param>
    /// <param name="writesStream">Whether a writer sends the requests.</param>
    /// <param name="readsStream">Whether a reader reads the responses.</param>
    public void Start(TRequest? request, bool writesStream, bool readsStream)
    {
        Writer = writesStream ? new RequestWriter<TRequest, TResponse>(this) : null;
        Reader = readsStream ? new ResponseReader<TRequest, TResponse>(this) : null;
        _response = readsStream ? null : new TaskCompletionSource<TResponse>();
        _ = RunAsync(request);
    }

    /// <summary>Serializes and sends one message.</summary>
    public async ValueTask SendAsync(TRequest message, WriteOptions? writeOptions, bool final)
    {
        var compresses = _encoding != MessageSender.Identity && ((writeOptions?.Flags ?? 0) & WriteFlags.NoCompress) == 0;
        var compression = compresses
            ? Target.CompressionNamed(_encoding)
                ?? throw new InvalidOperationException($"Could not find compression provider for '{_encoding}'.")
            : null;
        _sender.Serialize(_call!, message, method.RequestMarshaller.ContextualSerializer, compression);
        await _sender.SendAsync(final, Stop).ConfigureAwait(false);
    }

    /// <summary>Half-closes.</summary>
    public void Complete() => _call?.Complete();

    /// <summary>The next response; null at the end of the answer.</summary>
    public async ValueTask<TResponse?> ReadAsync(bool single)
    {
        Stop.ThrowIfCancellationRequested();
        if (!await _receiver!.ReadAsync(Stop).ConfigureAwait(false))
        {
            return null;
        }

        TResponse message;
        try
        {
            if (_receiver.IsCompressed)
            {
                _receiver.Decompress(AnswerCompression());
            }

            message = method.ResponseMarshaller.ContextualDeserializer(_receiver);
        }
        finally
        {
            _receiver.Release();
        }

        if (!_call!.IsCurrent)
        {
            // After a restart of the backend the arena is a new session's: what was just read may be another call's.
            throw new ChannelException(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With($"call {_call.Id:x}").Message);
        }

        return single && await _receiver.HasMoreAsync(Stop).ConfigureAwait(false)
            ? throw new InvalidDataException("Unexpected data after finished reading message.")
            : message;
    }

    /// <summary>The status at the answer's end.</summary>
    public Status StatusAtEnd() => GrpcStatus.AtEnd(TrailingFields, Head!.Fields);

    protected override void ObserveResponse()
    {
        if (_response is not null)
        {
            Observe(_response.Task);
        }
    }

    protected override void CancelWaiting()
    {
        Writer?.CancelWaiting();
        Reader?.CancelWaiting();
    }

    private async Task RunAsync(TRequest? request)
    {
        TryUse();
        try
        {
            Begin();
            var headers = RequestHeaders.Of(Options, out _encoding);
            if (Target.UsesCallCredentials && (Options.Credentials is not null || Target.CallCredentials.Count > 0))
            {
                headers = await WithCredentialsAsync(headers).ConfigureAwait(false);
            }

            Stop.ThrowIfCancellationRequested();
            _call = await OpenAsync(method, headers, hasRequest: Writer is null).ConfigureAwait(false);
            _receiver = new MessageReceiver(_call, Target.MaxReceiveBytes);
            if (Writer is null)
            {
                await SendOnlyAsync(request!).ConfigureAwait(false);
            }

            Writer?.SetOpened();
            var head = await _receiver.ReadHeadAsync(Stop).ConfigureAwait(false);
            SetHead(head);
            var status = GrpcStatus.FromHead(head);
            if (status is not null && GrpcStatus.Find(head.Fields) is not null)
            {
                Trailers = GrpcStatus.ToMetadata(head.Fields);
            }

            await (_response is null ? StreamAsync(status) : RespondAsync(_response, status)).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            var resolved = Resolve(GrpcStatus.StartFailed, failure, out var status);
            FailHead(resolved);
            CleanUp(status);
            if (_response is not null)
            {
                _response.TrySetException(resolved);
                if (failure is OperationCanceledException)
                {
                    ObserveResponse();
                }
            }
        }
        finally
        {
            EndUse();
        }
    }

    /// <summary>Sends the request of a call that has one; what its serializer throws looks as if it came through HttpClient.</summary>
    private async ValueTask SendOnlyAsync(TRequest request)
    {
        try
        {
            await SendAsync(request, Options.WriteOptions, final: true).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            throw new HttpRequestException("An error occurred while sending the request.", failure);
        }
    }

    private async Task RespondAsync(TaskCompletionSource<TResponse> response, Status? known)
    {
        TResponse? message = null;
        Status status;
        if (known is { } decided)
        {
            status = decided.StatusCode == StatusCode.OK ? GrpcStatus.OkWithoutMessage : decided;
        }
        else
        {
            message = await ReadAsync(single: true).ConfigureAwait(false);
            status = StatusAtEnd();
            if (message is null && status.StatusCode == StatusCode.OK)
            {
                status = GrpcStatus.NoMessage;
            }
        }

        Finish(status);
        if (status.StatusCode == StatusCode.OK)
        {
            response.TrySetResult(message!);
        }
        else if (Target.ThrowsOperationCanceled && status.StatusCode == StatusCode.DeadlineExceeded)
        {
            response.TrySetCanceled();
        }
        else
        {
            response.TrySetException(Failure(status));
        }
    }

    private async Task StreamAsync(Status? known)
    {
        if (known is { StatusCode: not StatusCode.OK } failed)
        {
            Finish(failed);
            return;
        }

        Reader!.SetReady();
        var status = await StatusTask.ConfigureAwait(false);
        CleanUp(status);
    }

    private async Task<List<KeyValuePair<string, string>>> WithCredentialsAsync(List<KeyValuePair<string, string>> headers)
    {
        var all = new List<KeyValuePair<string, string>>(headers);
        var reader = new CallCredentialsReader(Target.Address, method, Stop);
        if (Options.Credentials is { } own)
        {
            await reader.ReadAsync(own, all).ConfigureAwait(false);
        }

        foreach (var credentials in Target.CallCredentials)
        {
            await reader.ReadAsync(credentials, all).ConfigureAwait(false);
        }

        return all;
    }

    private IMessageCompression AnswerCompression()
    {
        var encoding = Head!.Fields.Find("grpc-encoding"u8, firstOnly: true) ?? MessageSender.Identity;
        if (encoding == MessageSender.Identity)
        {
            throw Failure(NotIdentity);
        }

        return Target.CompressionNamed(encoding)
            ?? throw Failure(
                new Status(
                    StatusCode.Unimplemented,
                    $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: "
                        + string.Join(", ", Target.Compressions.Select(static pair => pair.Key).Prepend(MessageSender.Identity))
                )
            );
    }
}
