using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.Lambda.Core;

namespace Amazon.Lambda.Serialization.SystemTextJson;

/// <summary>System.Text.Json with property names as they are written, read without regard to case, and nulls left out.</summary>
public class DefaultLambdaJsonSerializer : ILambdaSerializer
{
    public DefaultLambdaJsonSerializer()
        : this(static _ => { }) { }

    public DefaultLambdaJsonSerializer(Action<JsonSerializerOptions> customizer)
    {
        SerializerOptions = new JsonSerializerOptions
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            PropertyNameCaseInsensitive = true,
        };
        customizer(SerializerOptions);
    }

    protected JsonSerializerOptions SerializerOptions { get; }

    /// <exception cref="JsonSerializerException">The event does not fit <typeparamref name="T"/>.</exception>
    public T Deserialize<T>(Stream requestStream)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(requestStream, SerializerOptions)!;
        }
        catch (Exception failure)
        {
            var message =
                typeof(T) == typeof(string)
                    ? "Error converting the Lambda event JSON payload to a string. JSON strings must be quoted, for example \"Hello World\" in order to be converted to a string: "
                    : $"Error converting the Lambda event JSON payload to type {typeof(T).FullName}: ";
            throw new JsonSerializerException(message + failure.Message, failure);
        }
    }

    /// <exception cref="JsonSerializerException">The response cannot be written as JSON.</exception>
    public void Serialize<T>(T response, Stream responseStream)
    {
        try
        {
            JsonSerializer.Serialize(responseStream, response, SerializerOptions);
        }
        catch (Exception failure)
        {
            throw new JsonSerializerException(
                $"Error converting the response object of type {typeof(T).FullName} from the Lambda function to JSON: {failure.Message}",
                failure
            );
        }
    }
}
