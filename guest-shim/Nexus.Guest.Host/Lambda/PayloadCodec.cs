using Amazon.Lambda.Core;

namespace Nexus.Guest.Host.Lambda;

/// <summary>Turns an event into the handler's input and the handler's result into a response.</summary>
internal abstract class PayloadCodec<T>
{
    public abstract T Read(Stream input);

    public abstract void Write(T value, Stream output);
}

/// <summary>Streams pass as they are; the result is copied and, as on Lambda, stays the handler's to dispose.</summary>
internal sealed class StreamCodec<T> : PayloadCodec<T>
{
    public override T Read(Stream input) => (T)(object)input;

    public override void Write(T value, Stream output) => ((Stream)(object)value!).CopyTo(output);
}

/// <summary>Everything else is the serializer's; its interface is the function's own, bound by name.</summary>
internal sealed class SerializerCodec<T>(object serializer) : PayloadCodec<T>
{
    private readonly ILambdaSerializer _serializer = (ILambdaSerializer)serializer;

    public override T Read(Stream input) => _serializer.Deserialize<T>(input);

    public override void Write(T value, Stream output) => _serializer.Serialize(value, output);
}
