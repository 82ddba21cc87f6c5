using Nexus.Channel;

namespace Nexus.Bench.Channel;

/// <summary>Takes a payload, reads it once, and answers.</summary>
internal static class BenchService
{
    public static void Accept(ChannelCall call) => _ = ServeAsync(call);

    private static async Task ServeAsync(ChannelCall call)
    {
        using (call)
        {
            try
            {
                var answer = BenchHead.Read(call.Head.Span).AnswerBytes;
                await Payload.TakeAsync(call).ConfigureAwait(false);
                await Payload.SendAsync(call, answer).ConfigureAwait(false);
            }
            catch (ChannelException)
            {
                // The benchmark is over.
            }
        }
    }
}
