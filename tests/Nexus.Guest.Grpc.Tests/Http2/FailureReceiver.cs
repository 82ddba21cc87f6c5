using Nexus.Backend.Http2;

namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>Waits for a request to fail.</summary>
internal sealed class FailureReceiver : IHttp2Receiver
{
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Exception> Failed => _failed.Task;

    public void OnOpened(Http2Stream stream) { }

    public void OnHeaders(Http2Head head, bool isLast) { }

    public void OnData(ReadOnlyMemory<byte> data, bool isLast) { }

    public void OnPause() { }

    public void OnFailed(Exception failure, bool wasIgnored) => _failed.TrySetResult(failure);
}
