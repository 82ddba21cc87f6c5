namespace Nexus.Backend.Aws;

/// <summary>What the operator says about endpoints, read from the environment as every AWS SDK does.</summary>
public sealed record AwsEndpointOptions
{
    private const string Variable = "AWS_ENDPOINT_URL";

    /// <summary>For every service that has none of its own (<c>AWS_ENDPOINT_URL</c>).</summary>
    public string? DefaultEndpoint { get; init; }

    /// <summary>By service id in upper snake case, such as <c>SECRETS_MANAGER</c> (<c>AWS_ENDPOINT_URL_&lt;SERVICE&gt;</c>).</summary>
    public IReadOnlyDictionary<string, string> ServiceEndpoints { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// More places signed requests may go to: an absolute URL (that scheme, host and port), a host name, or <c>*.suffix</c> (https on port 443).
    /// </summary>
    public IReadOnlyList<string> AllowedEndpoints { get; init; } = [];

    /// <summary>Reads the variables; <c>AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true</c> switches them off.</summary>
    public static AwsEndpointOptions FromEnvironment(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string>? allowed = null)
    {
        bool ignored =
            environment.TryGetValue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", out string? value)
            && bool.TryParse(value, out bool flag)
            && flag;
        if (ignored)
        {
            return new AwsEndpointOptions { AllowedEndpoints = allowed ?? [] };
        }
        return new AwsEndpointOptions
        {
            DefaultEndpoint = environment.TryGetValue(Variable, out string? general) && general.Length > 0 ? general : null,
            ServiceEndpoints = environment
                .Where(pair => pair.Key.StartsWith(Variable + "_", StringComparison.Ordinal) && pair.Value.Length > 0)
                .ToDictionary(pair => pair.Key[(Variable.Length + 1)..], pair => pair.Value, StringComparer.Ordinal),
            AllowedEndpoints = allowed ?? [],
        };
    }

    /// <summary><c>Secrets Manager</c> becomes <c>SECRETS_MANAGER</c>.</summary>
    public static string ServiceKey(string serviceId) => serviceId.Replace(' ', '_').Replace('-', '_').ToUpperInvariant();
}
