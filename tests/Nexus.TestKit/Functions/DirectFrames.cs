using System.Buffers.Binary;
using System.Text;

namespace Nexus.TestKit.Functions;

/// <summary>The other end of Nexus.DirectHost: sends it events and reads what it answers, over whatever streams lead there.</summary>
public sealed class DirectFrames(Stream input, Stream output)
{
    private const byte InitError = (byte)'X';
    private const byte LogText = (byte)'L';
    private const byte Result = (byte)'R';
    private readonly byte[] _head = new byte[48];

    /// <summary>Waits until the handler is bound; null then, and otherwise what binding it gave.</summary>
    /// <exception cref="IOException">The host ended.</exception>
    public async Task<InvocationOutcome?> ReadReadyAsync(CancellationToken cancellation)
    {
        var log = new StringBuilder();
        var (kind, payload) = await ReadAnswerAsync(log, cancellation);
        return kind == InitError ? new InvocationOutcome(payload, "Unhandled", log.ToString()) : null;
    }

    /// <summary>One event and its answer.</summary>
    /// <exception cref="IOException">The host ended.</exception>
    public async Task<InvocationOutcome> InvokeAsync(ReadOnlyMemory<byte> payload, DateTimeOffset deadline, CancellationToken cancellation)
    {
        Encoding.ASCII.GetBytes(Guid.NewGuid().ToString(), _head);
        BinaryPrimitives.WriteInt64LittleEndian(_head.AsSpan(36), deadline.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(44), payload.Length);
        await input.WriteAsync(_head, cancellation);
        await input.WriteAsync(payload, cancellation);
        await input.FlushAsync(cancellation);
        var log = new StringBuilder();
        var (kind, answer) = await ReadAnswerAsync(log, cancellation);
        return new InvocationOutcome(answer, kind == Result ? null : "Unhandled", log.ToString());
    }

    private async Task<(byte Kind, byte[] Content)> ReadAnswerAsync(StringBuilder log, CancellationToken cancellation)
    {
        var head = new byte[5];
        while (true)
        {
            await output.ReadExactlyAsync(head, cancellation);
            var content = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1))];
            await output.ReadExactlyAsync(content, cancellation);
            if (head[0] != LogText)
            {
                return (head[0], content);
            }

            log.Append(Encoding.UTF8.GetString(content));
        }
    }
}
