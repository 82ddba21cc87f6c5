namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>Where in an API a request arrived.</summary>
public sealed record ApiRoute
{
    public string AccountId { get; init; } = "000000000000";

    public string ApiId { get; init; } = "nexus";

    /// <summary>A stage's name; <c>$default</c> is an HTTP API's that is not part of the path.</summary>
    public string Stage { get; init; } = "$default";

    /// <summary>The path's template, such as <c>/orders/{id}</c> or <c>/{proxy+}</c>.</summary>
    public string Resource { get; init; } = "/{proxy+}";

    /// <summary>An HTTP API's route, such as <c>GET /orders/{id}</c>.</summary>
    public string RouteKey { get; init; } = "$default";

    /// <summary>Values of the template's parameters, not escaped.</summary>
    public IReadOnlyDictionary<string, string> PathParameters { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> StageVariables { get; init; } = new Dictionary<string, string>();

    /// <summary>Content types that a REST API hands on in base64: exact, or with <c>*</c> in the place of type, subtype or both.</summary>
    public IReadOnlyList<string> BinaryMediaTypes { get; init; } = [];
}
