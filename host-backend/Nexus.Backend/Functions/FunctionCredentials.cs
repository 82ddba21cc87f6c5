namespace Nexus.Backend.Functions;

/// <summary>Credentials of one function; the backend's default chain when all is empty.</summary>
public sealed record FunctionCredentials
{
    /// <summary>A named profile of the backend's configuration files.</summary>
    public string Profile { get; init; } = "";

    /// <summary>A role to assume, by ARN, starting from the profile or the default chain.</summary>
    public string Role { get; init; } = "";

    /// <summary>External id for the role.</summary>
    public string ExternalId { get; init; } = "";
}
