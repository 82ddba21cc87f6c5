using Amazon.Lambda.Core;

namespace Nexus.Guest.Host.Lambda;

/// <summary><see cref="ClientApplicationData"/> under the function's own interface.</summary>
internal sealed class ClientApplication(ClientApplicationData data) : IClientApplication
{
    public string? AppPackageName => data.AppPackageName;

    public string? AppTitle => data.AppTitle;

    public string? AppVersionCode => data.AppVersionCode;

    public string? AppVersionName => data.AppVersionName;

    public string? InstallationId => data.InstallationId;
}
