using System.Text.Json;

namespace Amazon.Lambda.Serialization.SystemTextJson;

/// <summary>The default serializer, writing property names in camel case.</summary>
public class CamelCaseLambdaJsonSerializer()
    : DefaultLambdaJsonSerializer(options => options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase);
