using System.Text.Json;
using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host.Tests;

/// <summary>The JSON of an error report, read by an independent parser.</summary>
internal static class ErrorDocument
{
    public static JsonElement Parse(ErrorReport report)
    {
        Assert.IsLessThanOrEqualTo(256 * 1024, report.Json.Length);
        using var document = JsonDocument.Parse(report.Json, new JsonDocumentOptions { MaxDepth = 256 });
        return document.RootElement.Clone();
    }
}
