namespace Nexus.Backend.Instances.RuntimeApi;

/// <summary>One event on its way to a polling instance and back.</summary>
internal sealed class RuntimeInvocation(Invocation invocation, DateTimeOffset deadline)
{
    private readonly TaskCompletionSource<InvocationResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Invocation Invocation { get; } = invocation;

    public DateTimeOffset Deadline { get; } = deadline;

    public Task<InvocationResult> Result => _result.Task;

    /// <summary>The first answer counts.</summary>
    public void Complete(InvocationResult result) => _result.TrySetResult(result);
}
