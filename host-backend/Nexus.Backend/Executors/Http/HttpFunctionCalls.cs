using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Functions;
using Nexus.Channel;

namespace Nexus.Backend.Executors.Http;

/// <summary>What the HTTP calls of one function share: where they may go and how many there are at once.</summary>
/// <param name="function">The function.</param>
internal sealed class HttpFunctionCalls(FunctionDefinition function)
{
    /// <summary>Stands for the host of a request that was refused: what a guest makes up is not counted by name.</summary>
    public const string RefusedHost = "(refused)";
    private SemaphoreSlim InFlight { get; } = new(function.MaxCallsInFlight);

    public UpstreamPolicy Policy { get; } = new(function.AllowedUpstreams, HttpCallDiagnostics.Upstreams);

    /// <summary>False when the guest gave up before its turn came.</summary>
    public async ValueTask<bool> EnterAsync(ChannelCall call)
    {
        try
        {
            if (!InFlight.Wait(0))
            {
                await InFlight.WaitAsync(call.Aborted).ConfigureAwait(false);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Leave() => InFlight.Release();
}
