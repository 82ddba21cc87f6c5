namespace Amazon.Lambda.Core;

/// <summary>The Cognito identity a mobile client called with.</summary>
public interface ICognitoIdentity
{
    string IdentityId { get; }

    string IdentityPoolId { get; }
}
