namespace Nexus.Cli.Configuration;

/// <summary>Values of settings by key: those of one source, or several sources laid over each other.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>The defaults of some settings.</summary>
    public static SettingValues DefaultsOf(IEnumerable<Setting> settings)
    {
        var values = new SettingValues();
        foreach (var setting in settings)
        {
            if (setting.Default is not null)
            {
                values.Set(setting.Key, setting.Default);
            }
        }

        return values;
    }

    public void Set(string key, object value) => _values[key] = value;

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>These values with others laid over them; variables are joined, the others' winning.</summary>
    public SettingValues With(SettingValues others)
    {
        var result = new SettingValues();
        foreach (var (key, value) in _values.Concat(others._values))
        {
            var joined =
                value is Dictionary<string, string> above && result._values.GetValueOrDefault(key) is Dictionary<string, string> below
                    ? Join(below, above)
                    : value;
            result.Set(key, joined);
        }

        return result;
    }

    /// <summary>These values with one more, unless it is there.</summary>
    public SettingValues WithDefault(string key, object? value)
    {
        var result = With(new SettingValues());
        if (value is not null)
        {
            result._values.TryAdd(key, value);
        }

        return result;
    }

    public string Text(string key) => _values.GetValueOrDefault(key) as string ?? "";

    public int Integer(string key) => (int)_values[key];

    public bool Flag(string key) => (bool)_values[key];

    public double? Number(string key) => _values.GetValueOrDefault(key) as double?;

    public IReadOnlyList<string> Texts(string key) => _values.GetValueOrDefault(key) as string[] ?? [];

    public IReadOnlyList<int> Integers(string key) => _values.GetValueOrDefault(key) as int[] ?? [];

    public IReadOnlyDictionary<string, string> Variables(string key) => _values.GetValueOrDefault(key) as Dictionary<string, string> ?? [];

    private static Dictionary<string, string> Join(Dictionary<string, string> below, Dictionary<string, string> above)
    {
        var joined = new Dictionary<string, string>(below, StringComparer.Ordinal);
        foreach (var (name, value) in above)
        {
            joined[name] = value;
        }

        return joined;
    }
}
