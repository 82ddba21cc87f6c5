namespace Nexus.TestKit.Functions;

/// <summary>One way of running a function: as it is, or through Nexus.</summary>
public interface IFunctionRunner : IAsyncDisposable
{
    /// <summary>Serves one event.</summary>
    /// <param name="payload">The event, UTF-8 JSON.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="FunctionException">There was no answer at all: the process ended or hung.</exception>
    Task<InvocationOutcome> InvokeAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation = default);
}
