using System.Text;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore.Tests;

/// <summary>What came back.</summary>
internal sealed record ServedAnswer(
    HttpResponseHead? Head,
    byte[] Body,
    IReadOnlyList<KeyValuePair<string, string>> Trailers,
    AbortCode Abort,
    int Frames
)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) =>
        Head!.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public static async Task<ServedAnswer> ReadAsync(ChannelCall call)
    {
        using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        HttpResponseHead? head = null;
        IReadOnlyList<KeyValuePair<string, string>> trailers = [];
        using var body = new MemoryStream();
        for (var frames = 1; ; frames++)
        {
            try
            {
                var frame = await call.ReceiveAsync(watchdog.Token);
                switch (frame.Kind)
                {
                    case FrameKind.Head:
                        head = HttpResponseHead.Read(frame.Memory.Span);
                        break;
                    case FrameKind.Trailers:
                        trailers = HttpTrailers.Read(frame.Memory.Span).Fields;
                        break;
                    default:
                        body.Write(frame.Memory.Span);
                        call.Release(frame);
                        break;
                }

                if (frame.IsFinal)
                {
                    return new ServedAnswer(head, body.ToArray(), trailers, AbortCode.None, frames);
                }
            }
            catch (ChannelException failure)
            {
                return new ServedAnswer(head, body.ToArray(), trailers, failure.Code, frames);
            }
        }
    }
}
