using System.Net;
using System.Text;
using System.Threading.Channels;

namespace RestCaller;

/// <summary>A body that is spoken while the answer is heard.</summary>
internal sealed class ConversationContent : HttpContent
{
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();

    public ValueTask SayAsync(string line) => _said.Writer.WriteAsync(line);

    public void Finish() => _said.Writer.Complete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await foreach (var line in _said.Reader.ReadAllAsync())
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
