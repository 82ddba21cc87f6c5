namespace Amazon.Lambda.Core;

public interface IClientContext
{
    IDictionary<string, string>? Environment { get; }
    IClientApplication? Client { get; }
    IDictionary<string, string>? Custom { get; }
#if NEXT
    string? FromTheFuture { get; }
#endif
}

public interface IClientApplication
{
    string? AppPackageName { get; }
    string? AppTitle { get; }
    string? AppVersionCode { get; }
    string? AppVersionName { get; }
    string? InstallationId { get; }
#if NEXT
    string? FromTheFuture { get; }
#endif
}

public interface ICognitoIdentity
{
    string? IdentityId { get; }
    string? IdentityPoolId { get; }
#if NEXT
    string? FromTheFuture { get; }
#endif
}

public interface ILambdaSerializer
{
    T Deserialize<T>(Stream requestStream);
    void Serialize<T>(T response, Stream responseStream);
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Assembly)]
public sealed class LambdaSerializerAttribute(Type? serializerType) : Attribute
{
    public Type? SerializerType { get; set; } = serializerType;
}
