using System.Net;
using System.Text;
using System.Text.Json;

namespace Nexus.Backend.Tests;

/// <summary>What the Invoke API answered.</summary>
internal sealed record Answer(HttpStatusCode Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>X-Amz-Function-Error, or null.</summary>
    public string? FunctionError => Headers.GetValueOrDefault("X-Amz-Function-Error");

    public string? ErrorType => FunctionError is null ? null : Json.GetProperty("errorType").GetString();

    public string ErrorMessage => Json.GetProperty("errorMessage").GetString()!;

    public string RequestId => Headers["x-amzn-RequestId"];

    public string LogTail => Encoding.UTF8.GetString(Convert.FromBase64String(Headers["X-Amz-Log-Result"]));

    /// <summary>The type of an error of the API itself.</summary>
    public string ApiError => Headers["x-amzn-ErrorType"];

    /// <summary>A probe's exceptions, the outermost first.</summary>
    public IReadOnlyList<string> Failures =>
        [.. Json.GetProperty("failures").EnumerateArray().Select(static failure => failure.GetString()!)];

    public IReadOnlyList<string> Names => [.. Json.GetProperty("names").EnumerateArray().Select(static name => name.GetString()!)];
}
