using System.Net.Sockets;
using Nexus.Backend.Sockets;

namespace Nexus.Backend.Tests.Sockets;

[TestClass]
public sealed class SocketOperationTests
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(30);

    [TestMethod]
    public async Task Cancel_DuringAnAttemptThatFindsNothing_EndsTheRequest()
    {
        using var attempting = new ManualResetEventSlim();
        using var mayReturn = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var operation = new HeldOperation(attempting, mayReturn);
        var waiting = operation.StartAsync(cancellation.Token).AsTask();
        var ready = new List<IThreadPoolWorkItem>();
        operation.Signal(ready);
        var executing = Task.Run(ready.Single().Execute);
        Assert.IsTrue(attempting.Wait(Watchdog));

        await cancellation.CancelAsync();
        mayReturn.Set();

        await executing.WaitAsync(Watchdog);
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(Watchdog));
    }

    /// <summary>Never finds anything; from the second attempt on it waits until it may say so.</summary>
    private sealed class HeldOperation(ManualResetEventSlim attempting, ManualResetEventSlim mayReturn) : SocketOperation
    {
        private int _attempts;

        public ValueTask<int> StartAsync(CancellationToken cancellation) =>
            TryStart(cancellation, out var result) ? new ValueTask<int>(result) : new ValueTask<int>(this, Token);

        protected override SocketError Attempt(out int result)
        {
            result = 0;
            if (_attempts++ > 0)
            {
                attempting.Set();
                mayReturn.Wait(Watchdog);
            }

            return SocketError.WouldBlock;
        }

        protected override Exception Describe(SocketError error) => new SocketException((int)error);
    }
}
