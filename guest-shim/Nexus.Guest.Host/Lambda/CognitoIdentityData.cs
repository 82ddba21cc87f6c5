using System.Text.Json;

namespace Nexus.Guest.Host.Lambda;

/// <summary>The Cognito identity of the caller: <c>{"cognitoIdentityId":"..","cognitoIdentityPoolId":".."}</c>.</summary>
internal sealed class CognitoIdentityData
{
    public string? IdentityId { get; private init; }

    public string? IdentityPoolId { get; private init; }

    public static CognitoIdentityData Parse(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return new CognitoIdentityData();
        }
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new CognitoIdentityData
        {
            IdentityId = root.TryGetProperty("cognitoIdentityId", out var id) ? id.GetString() : null,
            IdentityPoolId = root.TryGetProperty("cognitoIdentityPoolId", out var pool) ? pool.GetString() : null,
        };
    }
}
