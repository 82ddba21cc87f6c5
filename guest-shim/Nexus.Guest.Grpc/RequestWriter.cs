using System.Runtime.ExceptionServices;
using Nexus.Channel;

namespace Nexus.Guest.Grpc;

/// <summary>The requests of a streaming call, one after the other.</summary>
internal sealed class RequestWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly object _lock = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _writing;
    private bool _completed;

    public WriteOptions? WriteOptions { get; set; } = call.Options.WriteOptions;

    private bool IsWriting => _writing is { IsCompleted: false };

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var registration = call.Watch(cancellationToken);
        await BeginWrite(message, cancellationToken).ConfigureAwait(false);
    }

    public Task CompleteAsync()
    {
        call.ThrowIfDisposed();
        lock (_lock)
        {
            if (IsWriting)
            {
                return Task.FromException(
                    new InvalidOperationException("Can't complete the client stream writer because the previous write is in progress.")
                );
            }

            if (!_completed)
            {
                _completed = true;
                _ = CompleteOnceOpenedAsync();
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>The call is open: requests may follow.</summary>
    public void SetOpened() => _opened.TrySetResult();

    public void CancelWaiting() => _opened.TrySetCanceled();

    private Task BeginWrite(TRequest message, CancellationToken cancellation)
    {
        call.ThrowIfDisposed();
        lock (_lock)
        {
            if (_completed)
            {
                return Task.FromException(new InvalidOperationException("Request stream has already been completed."));
            }

            if (call.StatusTask.IsCompletedSuccessfully)
            {
                return
                    call.Stop.IsCancellationRequested
                    && call.Target.ThrowsOperationCanceled
                    && call.StatusTask.Result.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded
                    ? Task.FromCanceled(call.CanceledToken(cancellation))
                    : Task.FromException(call.CanceledFailure());
            }

            if (IsWriting)
            {
                return Task.FromException(
                    new InvalidOperationException("Can't write the message because the previous write is in progress.")
                );
            }

            return _writing = SendAsync(message, cancellation);
        }
    }

    private async Task SendAsync(TRequest message, CancellationToken cancellation)
    {
        try
        {
            if (!_opened.Task.IsCompletedSuccessfully)
            {
                await _opened.Task.ConfigureAwait(false);
            }

            if (!call.TryUse())
            {
                throw new OperationCanceledException(call.Stop);
            }

            try
            {
                await call.SendAsync(message, WriteOptions ?? call.Options.WriteOptions, final: false).ConfigureAwait(false);
            }
            finally
            {
                call.EndUse();
            }
        }
        catch (ChannelException lost) when (!call.Stop.IsCancellationRequested)
        {
            throw call.Resolve(GrpcStatus.StartFailed, lost, out _);
        }
        catch (Exception canceled) when (canceled is OperationCanceledException or ObjectDisposedException or ChannelException)
        {
            if (call.StatusTask.IsCompletedSuccessfully && !call.Stop.IsCancellationRequested)
            {
                throw call.FailureOrCanceled(call.StatusTask.Result);
            }

            var blamed = call.Blame(
                canceled as OperationCanceledException ?? new OperationCanceledException(canceled.Message, canceled, call.Stop),
                cancellation
            );
            if (!call.Target.ThrowsOperationCanceled)
            {
                throw call.CanceledFailure(blamed);
            }

            ExceptionDispatchInfo.Throw(blamed);
        }
    }

    private async Task CompleteOnceOpenedAsync()
    {
        try
        {
            await _opened.Task.ConfigureAwait(false);
            if (call.TryUse())
            {
                call.Complete();
                call.EndUse();
            }
        }
        catch (OperationCanceledException)
        {
            // The call ended before it was open; there is nothing to complete.
        }
    }
}
