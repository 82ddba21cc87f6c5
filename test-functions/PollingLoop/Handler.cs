using System.Net.Http.Json;

namespace PollingLoop;

/// <summary>Does what an event asks for.</summary>
internal static class Handler
{
    public static async Task HandleAsync(RuntimeClient runtime, NextEvent next, Work work)
    {
        switch (work.Kind)
        {
            case "fail":
                await runtime.FailAsync(next.RequestId, "WorkFailed", work.Text);
                break;
            case "hang":
                await Task.Delay(Timeout.InfiniteTimeSpan);
                break;
            case "large":
                await runtime.PostAsync(next.RequestId, new ByteArrayContent(new byte[work.Amount]));
                break;
            case "misuse":
                var unknown = await runtime.PostAsync("no-such-request", new StringContent("1"));
                await runtime.PostAsync(next.RequestId, JsonContent.Create(unknown));
                var twice = await runtime.PostAsync(next.RequestId, JsonContent.Create("again"));
                Console.WriteLine($"posted twice: {twice}");
                break;
            default:
                var seconds = (int)Math.Ceiling(next.Remaining.TotalSeconds);
                await runtime.PostAsync(
                    next.RequestId,
                    JsonContent.Create(
                        new
                        {
                            text = work.Text,
                            arn = next.Arn,
                            seconds,
                        }
                    )
                );
                break;
        }
    }
}
