using System.Buffers;
using System.Text;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Instances;

/// <summary>
/// Collects an invocation's result. It is copied out of the arena, once: whether it is a result or an error is known only after its last byte, and the caller's
/// connection may be slower than the instance is needed again.
/// </summary>
internal sealed class ResultReader(ChannelCall call)
{
    private readonly ArrayBufferWriter<byte> _payload = new();
    private long _bytes;

    public async Task<InvocationResult> ReadAsync()
    {
        while (true)
        {
            var frame = await call.ReceiveAsync().ConfigureAwait(false);
            switch (frame.Kind)
            {
                case FrameKind.Data when !frame.IsFinal:
                    Append(frame);
                    break;
                case FrameKind.Trailers when frame.IsFinal:
                    return Finish(InvocationResultHead.Read(frame.Memory.Span));
                default:
                    throw new ProtocolViolationException($"{frame.Kind} in an invocation's result");
            }
        }
    }

    private void Append(in ChannelFrame frame)
    {
        _bytes += frame.Memory.Length;
        if (_bytes <= Invocation.MaxPayloadBytes)
        {
            _payload.Write(frame.Memory.Span);
        }

        call.Release(frame);
    }

    private InvocationResult Finish(InvocationResultHead head)
    {
        if (head.FunctionError.Length > 0)
        {
            return new InvocationResult(Encoding.UTF8.GetBytes(head.ErrorReport), "Unhandled");
        }

        return _bytes > Invocation.MaxPayloadBytes ? LambdaErrors.TooLarge(_bytes) : new InvocationResult(_payload.WrittenMemory);
    }
}
