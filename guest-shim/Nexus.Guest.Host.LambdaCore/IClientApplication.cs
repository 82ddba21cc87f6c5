namespace Amazon.Lambda.Core;

public interface IClientApplication
{
    string? AppPackageName { get; }
    string? AppTitle { get; }
    string? AppVersionCode { get; }
    string? AppVersionName { get; }
    string? InstallationId { get; }
}
