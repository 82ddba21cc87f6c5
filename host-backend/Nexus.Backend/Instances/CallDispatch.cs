using Nexus.Backend.Executors;
using Nexus.Backend.Functions;
using Nexus.Channel;

namespace Nexus.Backend.Instances;

/// <summary>Hands a guest's call to its executor and keeps what goes wrong there from everybody else.</summary>
internal static class CallDispatch
{
    /// <param name="call">The call; disposed when this completes.</param>
    /// <param name="function">Whose region it came through.</param>
    /// <param name="services">Knows the executors.</param>
    /// <param name="onViolated">Ends the guest that broke the protocol.</param>
    /// <param name="own">The instance's own executor for this protocol; null for the node's.</param>
    public static async Task RunAsync(
        ChannelCall call,
        FunctionDefinition function,
        InstanceServices services,
        Action<ProtocolViolationException> onViolated,
        ICallExecutor? own = null
    )
    {
        using (call)
        {
            try
            {
                if ((own ?? services.ExecutorFor(call.Protocol)) is { } executor)
                {
                    await executor.ExecuteAsync(call, function).ConfigureAwait(false);
                }
                else
                {
                    call.Abort(AbortCode.BadRequest);
                }
            }
            catch (ProtocolViolationException violation)
            {
                onViolated(violation);
            }
            catch (Exception gone)
                when (gone is ChannelException || (gone is OperationCanceledException && call.Aborted.IsCancellationRequested))
            {
                // The guest cancelled, or is gone.
            }
#pragma warning disable CA1031 // One call's failure must not reach the thread that serves every instance.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                InstanceLogMessages.CallFailed(services.Logger, function.Name, call.Protocol, failure);
                call.Abort(AbortCode.Failed);
            }
        }
    }
}
