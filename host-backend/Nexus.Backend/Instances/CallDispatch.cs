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
    public static async Task RunAsync(
        ChannelCall call,
        FunctionDefinition function,
        InstanceServices services,
        Action<ProtocolViolationException> onViolated
    )
    {
        using (call)
        {
            try
            {
                if (services.ExecutorFor(call.Protocol) is { } executor)
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
            catch (ChannelException)
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
