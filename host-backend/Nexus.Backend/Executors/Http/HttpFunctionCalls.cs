using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Functions;

namespace Nexus.Backend.Executors.Http;

/// <summary>What the HTTP calls of one function share: where they may go and how many there are at once.</summary>
/// <param name="function">The function.</param>
internal sealed class HttpFunctionCalls(FunctionDefinition function)
{
    /// <summary>Stands for the host of a request that was refused: what a guest makes up is not counted by name.</summary>
    public const string RefusedHost = "(refused)";

    public CallSlots Slots { get; } = new(function);

    public UpstreamPolicy Policy { get; } = new(function.AllowedUpstreams, HttpCallDiagnostics.Upstreams);
}
