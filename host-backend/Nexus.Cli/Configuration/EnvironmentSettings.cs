namespace Nexus.Cli.Configuration;

/// <summary>Settings given by <c>NEXUS_</c> variables.</summary>
internal static class EnvironmentSettings
{
    private const string Prefix = "NEXUS_";

    // Further apart, and the variable is somebody else's rather than a typing error.
    private const int MostTypingErrors = 2;

    /// <param name="settings">Which settings to look for.</param>
    /// <param name="variables">The environment.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0002.</exception>
    public static SettingValues Read(IEnumerable<Setting> settings, IReadOnlyDictionary<string, string> variables)
    {
        var values = new SettingValues();
        foreach (var setting in settings)
        {
            if (setting.Type is not SettingType.Variables && variables.GetValueOrDefault(setting.Variable) is { Length: > 0 } text)
            {
                values.Set(setting.Key, SettingReader.FromText(setting, [text], $"in the variable {setting.Variable}"));
            }
        }

        return values;
    }

    /// <summary>A warning for each variable that looks like a mistyped setting.</summary>
    public static IEnumerable<string> Suspicious(IReadOnlyDictionary<string, string> variables)
    {
        var known = SettingCatalogue.All.Select(static setting => setting.Variable).ToHashSet(StringComparer.Ordinal);
        return from name in variables.Keys
            where name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(name)
            let nearest = NearestText.To(name, known)
            where NearestText.Distance(name, nearest) <= MostTypingErrors
            select $"warning: the variable {name} is not a setting; {nearest} is.";
    }
}
