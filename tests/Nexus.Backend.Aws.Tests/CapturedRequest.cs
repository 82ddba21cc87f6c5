namespace Nexus.Backend.Aws.Tests;

internal sealed record CapturedRequest(string Method, string Target, List<AwsHeader> Headers, byte[] Body)
{
    public string? Header(string name)
    {
        AwsHeader found = Headers.Find(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return found.Name is null ? null : found.Value;
    }
}
