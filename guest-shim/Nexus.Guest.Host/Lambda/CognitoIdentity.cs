using Amazon.Lambda.Core;

namespace Nexus.Guest.Host.Lambda;

/// <summary><see cref="CognitoIdentityData"/> under the function's own interface.</summary>
internal sealed class CognitoIdentity(CognitoIdentityData data) : ICognitoIdentity
{
    public string? IdentityId => data.IdentityId;

    public string? IdentityPoolId => data.IdentityPoolId;
}
