using System.Text.Json;

namespace Nexus.Guest.Host.Lambda;

/// <summary>The mobile application of a client context.</summary>
internal sealed class ClientApplicationData
{
    public string? AppPackageName { get; private init; }

    public string? AppTitle { get; private init; }

    public string? AppVersionCode { get; private init; }

    public string? AppVersionName { get; private init; }

    public string? InstallationId { get; private init; }

    public static ClientApplicationData? Parse(JsonElement element) =>
        element.ValueKind != JsonValueKind.Object
            ? null
            : new ClientApplicationData
            {
                AppPackageName = Text(element, "app_package_name"),
                AppTitle = Text(element, "app_title"),
                AppVersionCode = Text(element, "app_version_code"),
                AppVersionName = Text(element, "app_version_name"),
                InstallationId = Text(element, "installation_id"),
            };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
}
