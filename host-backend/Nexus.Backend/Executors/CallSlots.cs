using Nexus.Backend.Functions;
using Nexus.Channel;

namespace Nexus.Backend.Executors;

/// <summary>How many calls of one kind a function has at once; the next ones wait for their turn, which costs the backend nothing but the opened call.</summary>
/// <param name="function">The function.</param>
internal sealed class CallSlots(FunctionDefinition function)
{
    private SemaphoreSlim Free { get; } = new(function.MaxCallsInFlight);

    /// <summary>False when the guest gave up before its turn came.</summary>
    public async ValueTask<bool> EnterAsync(ChannelCall call)
    {
        try
        {
            if (!Free.Wait(0))
            {
                await Free.WaitAsync(call.Aborted).ConfigureAwait(false);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Leave() => Free.Release();
}
