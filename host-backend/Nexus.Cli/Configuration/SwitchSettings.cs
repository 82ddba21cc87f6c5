using System.CommandLine;

namespace Nexus.Cli.Configuration;

/// <summary>Settings given by switches of one command.</summary>
internal sealed class SwitchSettings
{
    private readonly List<(Setting Setting, Option Option)> _options = [];

    /// <param name="command">Gets the switches.</param>
    /// <param name="settings">Which settings; a key that comes twice gets one switch.</param>
    public SwitchSettings(Command command, IEnumerable<Setting> settings)
    {
        foreach (var setting in settings.DistinctBy(static setting => setting.Key))
        {
            var option = MakeOption(setting);
            command.Options.Add(option);
            _options.Add((setting, option));
        }
    }

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0002.</exception>
    public SettingValues Read(ParseResult parsed)
    {
        var values = new SettingValues();
        foreach (var (setting, option) in _options)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
            {
                var texts = result.Tokens.Select(static token => token.Value).ToArray();
                values.Set(
                    setting.Key,
                    SettingReader.FromText(setting, texts.Length == 0 ? ["true"] : texts, $"in the switch {setting.Switch}")
                );
            }
        }

        return values;
    }

    private static Option MakeOption(Setting setting)
    {
        var description = $"{setting.Description} ({Describe(setting)})";
        if (setting.Type is SettingType.Flag)
        {
            return new Option<bool>(setting.Switch) { Description = description };
        }

        var helpName = setting.Type is SettingType.Choice ? string.Join('|', setting.Choices) : setting.Key;
        return setting.Type is SettingType.Variables or SettingType.TextList
            ? new Option<string[]>(setting.Switch) { Description = description, HelpName = helpName }
            : new Option<string>(setting.Switch) { Description = description, HelpName = helpName };
    }

    private static string Describe(Setting setting) =>
        setting.Default switch
        {
            null => setting.Allowed,
            bool flag => $"default {(flag ? "true" : "false")}",
            int[] numbers => $"{setting.Allowed}; default {string.Join(',', numbers)}",
            var value => $"{setting.Allowed}; default {value}",
        };
}
