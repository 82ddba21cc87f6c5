namespace Amazon.Lambda.Serialization.SystemTextJson;

/// <summary>An event or a response that JSON and the handler's types do not agree on.</summary>
public class JsonSerializerException(string message, Exception exception) : Exception(message, exception);
