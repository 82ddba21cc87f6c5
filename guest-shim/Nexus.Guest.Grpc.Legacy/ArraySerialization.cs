using System.Buffers;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>Takes a message into private memory, for calls that are not open yet: what the serializer throws is the caller's, who does not wait for that.</summary>
internal sealed class ArraySerialization : SerializationContext
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private byte[]? _payload;

    /// <exception cref="InvalidOperationException">The serializer gave none.</exception>
    public byte[] Payload => _payload ?? throw new InvalidOperationException("No payload was serialized.");

    public override void Complete(byte[] payload) => _payload = payload;

    public override IBufferWriter<byte> GetBufferWriter() => _written;

    public override void SetPayloadLength(int payloadLength) { }

    public override void Complete() => _payload = _written.WrittenSpan.ToArray();
}
