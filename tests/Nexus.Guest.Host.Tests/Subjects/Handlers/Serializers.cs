using System.Text.Json;
using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Handlers.JsonOfTheAssembly))]

namespace Handlers;

public class JsonOfTheAssembly : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream) => JsonSerializer.Deserialize<T>(requestStream)!;

    public void Serialize<T>(T response, Stream responseStream) => JsonSerializer.Serialize(responseStream, response);
}

/// <summary>Explicit implementation and a mark, to see which serializer was taken.</summary>
public sealed class JsonOfTheMethod : ILambdaSerializer
{
    T ILambdaSerializer.Deserialize<T>(Stream requestStream) => JsonSerializer.Deserialize<T>(requestStream)!;

    void ILambdaSerializer.Serialize<T>(T response, Stream responseStream)
    {
        responseStream.Write("/*method*/"u8);
        JsonSerializer.Serialize(responseStream, response);
    }
}

public sealed class SerializerWithoutConstructor(string name) : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream) => throw new InvalidOperationException(name);

    public void Serialize<T>(T response, Stream responseStream) => throw new InvalidOperationException(name);
}

public sealed class ThrowingSerializer : ILambdaSerializer
{
    public ThrowingSerializer() => throw new InvalidOperationException("serializer constructor");

    public T Deserialize<T>(Stream requestStream) => throw new NotSupportedException();

    public void Serialize<T>(T response, Stream responseStream) => throw new NotSupportedException();
}

/// <summary>Does what StreamReader and StreamWriter users do: closes both streams.</summary>
public sealed class ClosingSerializer : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream)
    {
        using var reader = new StreamReader(requestStream);
        return (T)(object)reader.ReadToEnd();
    }

    public void Serialize<T>(T response, Stream responseStream)
    {
        using var writer = new StreamWriter(responseStream);
        writer.Write(response);
    }
}
