namespace Nexus.Guest.Host.Tests;

/// <summary>Sets environment variables and puts the old values back.</summary>
internal sealed class EnvironmentScope : IDisposable
{
    private readonly (string Name, string? Value)[] _before;

    public EnvironmentScope(params (string Name, string? Value)[] values)
    {
        _before = [.. values.Select(value => (value.Name, Environment.GetEnvironmentVariable(value.Name)))];
        Set(values);
    }

    public void Dispose() => Set(_before);

    private static void Set((string Name, string? Value)[] values)
    {
        foreach (var (name, value) in values)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
