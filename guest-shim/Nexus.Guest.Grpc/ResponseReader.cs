using System.Runtime.ExceptionServices;

namespace Nexus.Guest.Grpc;

/// <summary>The responses of a streaming call, one after the other.</summary>
internal sealed class ResponseReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private static readonly Task<bool> NoMore = Task.FromResult(false);
    private readonly object _lock = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<bool>? _reading;

    public TResponse Current { get; private set; } = null!;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        call.ThrowIfDisposed();
        if (call.Stop.IsCancellationRequested)
        {
            return call.Target.ThrowsOperationCanceled
                ? Task.FromCanceled<bool>(
                    call.Options.CancellationToken.IsCancellationRequested ? call.Options.CancellationToken : call.Stop
                )
                : Task.FromException<bool>(call.CanceledFailure(new OperationCanceledException(call.Stop)));
        }

        if (call.StatusTask.IsCompletedSuccessfully)
        {
            var status = call.StatusTask.Result;
            return status.StatusCode == StatusCode.OK ? NoMore : Task.FromException<bool>(call.Failure(status));
        }

        lock (_lock)
        {
            if (_reading is { IsCompleted: false })
            {
                return Task.FromException<bool>(
                    new InvalidOperationException("Can't read the next message because the previous read is still in progress.")
                );
            }

            return _reading = ReadAsync(cancellationToken);
        }
    }

    /// <summary>The answer has begun.</summary>
    public void SetReady() => _ready.TrySetResult();

    public void CancelWaiting() => _ready.TrySetCanceled();

    private async Task<bool> ReadAsync(CancellationToken cancellation)
    {
        var registration = call.Watch(cancellation);
        var used = false;
        try
        {
            call.Stop.ThrowIfCancellationRequested();
            if (!_ready.Task.IsCompletedSuccessfully)
            {
                await _ready.Task.ConfigureAwait(false);
            }

            Current = null!;
            used = call.TryUse();
            if (used && await call.ReadAsync(single: false).ConfigureAwait(false) is { } message)
            {
                Current = message;
                return true;
            }

            call.Stop.ThrowIfCancellationRequested();
            var status = call.StatusAtEnd();
            call.EndStream(status, gracefully: true);
            return status.StatusCode == StatusCode.OK ? false : throw call.FailureOrCanceled(status);
        }
        catch (OperationCanceledException canceled) when (!call.IsFinished || call.StatusTask.IsCompletedSuccessfully)
        {
            return EndCanceled(canceled, cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            var resolved = call.Resolve(GrpcStatus.ReadFailed, failure, out var status);
            if (!call.IsFinished)
            {
                call.EndStream(status, gracefully: false);
            }

            if (resolved != failure)
            {
                throw resolved;
            }

            throw;
        }
        finally
        {
            registration.Dispose();
            if (used)
            {
                call.EndUse();
            }
        }
    }

    private bool EndCanceled(OperationCanceledException canceled, CancellationToken own)
    {
        var blamed = call.Blame(canceled, own);
        if (call.IsFinished)
        {
            var status = call.StatusTask.Result;
            if (status.StatusCode == StatusCode.OK)
            {
                return false;
            }

            if (status.StatusCode is not (StatusCode.DeadlineExceeded or StatusCode.Cancelled))
            {
                throw call.Failure(status);
            }
        }
        else
        {
            call.EndStream(new Status(StatusCode.Cancelled, canceled.Message, blamed), gracefully: false);
        }

        if (!call.Target.ThrowsOperationCanceled)
        {
            throw call.CanceledFailure(blamed);
        }

        ExceptionDispatchInfo.Throw(blamed);
        return false;
    }
}
