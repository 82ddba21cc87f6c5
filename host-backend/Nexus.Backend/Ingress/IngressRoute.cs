namespace Nexus.Backend.Ingress;

/// <summary>One way from a listener to a function.</summary>
public sealed record IngressRoute
{
    /// <summary>Where callers connect: <c>http://127.0.0.1:8080</c>, <c>https://*:443</c>, <c>http://unix:/run/app.sock</c>; port 0 takes a free one.</summary>
    public required string Listen { get; init; }

    /// <summary>Host name of the request, without a port; <c>*.example.com</c> for all below; empty for any.</summary>
    public string Host { get; init; } = "";

    /// <summary>The request's path begins with these whole segments; <c>/</c> for any.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The function that answers.</summary>
    public required string Function { get; init; }

    /// <summary><c>http1</c>, <c>http2</c> or <c>http1+2</c>; empty for the listener's default.</summary>
    public string Protocols { get; init; } = "";

    /// <summary>For a Lambda handler, how the request becomes its event: <c>rest-v1</c> or <c>http-v2</c>.</summary>
    public string Payload { get; init; } = "";

    /// <summary>PFX or PEM file of an https listener.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>PEM file with the certificate's key; empty when it is in the same file.</summary>
    public string CertificateKey { get; init; } = "";

    public string CertificatePassword { get; init; } = "";
}
