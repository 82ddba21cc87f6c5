using System.Globalization;
using System.Text.Json;
using Nexus.Diagnostics;

namespace Nexus.Cli.Configuration;

/// <summary>Makes values of settings from JSON and from text, and refuses what is not allowed.</summary>
internal static class SettingReader
{
    /// <param name="setting">Which setting.</param>
    /// <param name="value">The value in the file.</param>
    /// <param name="origin">Where it stands, for messages.</param>
    /// <param name="folder">What relative paths are relative to.</param>
    /// <exception cref="NexusException">NEXUS0002.</exception>
    public static object FromJson(Setting setting, JsonElement value, string origin, string folder)
    {
        object? read = (setting.Type, value.ValueKind) switch
        {
            (SettingType.Integer, JsonValueKind.Number) => Whole(setting, value.GetDouble()),
            (SettingType.Number, JsonValueKind.Number) => Fraction(setting, value.GetDouble()),
            (SettingType.Flag, JsonValueKind.True or JsonValueKind.False) => value.GetBoolean(),
            (SettingType.TextList, JsonValueKind.Array) => Formed(setting, Elements(value, static element => Text(element))),
            (SettingType.IntegerList, JsonValueKind.Array) => Elements(value, element => Integer(setting, element)),
            (SettingType.Variables, JsonValueKind.Object) => Variables(value),
            (SettingType.Text or SettingType.Path or SettingType.Address or SettingType.Choice, JsonValueKind.String) => FromOne(
                setting,
                value.GetString()!,
                folder
            ),
            _ => null,
        };
        return read ?? throw Refuse(setting, value.GetRawText(), origin);
    }

    /// <param name="setting">Which setting.</param>
    /// <param name="texts">The value of a variable, or each value of a repeated switch.</param>
    /// <param name="origin">Where it was given, for messages.</param>
    /// <exception cref="NexusException">NEXUS0002.</exception>
    public static object FromText(Setting setting, IReadOnlyList<string> texts, string origin)
    {
        object? read = setting.Type switch
        {
            SettingType.Variables => Pairs(texts),
            SettingType.TextList => Formed(setting, [.. texts.SelectMany(static text => Split(text))]),
            SettingType.IntegerList => All(texts.SelectMany(static text => Split(text)).Select(text => Integer(setting, text))),
            SettingType.Integer => Parse(texts[^1]) is { } number ? Whole(setting, number) : null,
            SettingType.Number => Parse(texts[^1]) is { } number ? Fraction(setting, number) : null,
            SettingType.Flag => bool.TryParse(texts[^1], out var flag) ? flag : null,
            _ => FromOne(setting, texts[^1], Environment.CurrentDirectory),
        };
        return read ?? throw Refuse(setting, string.Join(' ', texts), origin);
    }

    private static NexusException Refuse(Setting setting, string value, string origin) =>
        CliDiagnostics.BadValue.With($"{setting.Key} = {Shorten(value)}, {origin}; allowed is {setting.Allowed}");

    private static string Shorten(string value) => value.Length <= 60 ? value : value[..57] + "...";

    private static double? Fraction(Setting setting, double number) => number >= setting.Least && number <= setting.Most ? number : null;

    private static int? Whole(Setting setting, double number) =>
        Fraction(setting, number) is { } inRange && inRange == Math.Floor(inRange) ? (int)inRange : null;

    private static double? Parse(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string? FromOne(Setting setting, string text, string folder) =>
        setting.Type switch
        {
            SettingType.Path => text.Length > 0 ? Path.GetFullPath(text, folder) : null,
            SettingType.Address => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? text : null,
            SettingType.Choice => setting.Choices.Contains(text) ? text : null,
            _ => text,
        };

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string[]? Formed(Setting setting, string[]? texts) =>
        setting.Form is not { } form || texts?.All(form.IsMet) is true ? texts : null;

    private static string? Text(JsonElement element) => element.ValueKind is JsonValueKind.String ? element.GetString() : null;

    private static int? Integer(Setting setting, JsonElement element) =>
        element.ValueKind is JsonValueKind.Number ? Whole(setting, element.GetDouble()) : null;

    private static int? Integer(Setting setting, string text) => Parse(text) is { } number ? Whole(setting, number) : null;

    private static string[]? Elements(JsonElement array, Func<JsonElement, string?> read)
    {
        var all = array.EnumerateArray().Select(read).ToArray();
        return all.Contains(null) ? null : [.. all.OfType<string>()];
    }

    private static int[]? Elements(JsonElement array, Func<JsonElement, int?> read) => All(array.EnumerateArray().Select(read));

    private static int[]? All(IEnumerable<int?> numbers)
    {
        var all = numbers.ToArray();
        return all.Contains(null) ? null : [.. all.Select(static number => number!.Value)];
    }

    private static Dictionary<string, string>? Variables(JsonElement value)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in value.EnumerateObject())
        {
            if (variable.Value.ValueKind is not JsonValueKind.String || !IsName(variable.Name))
            {
                return null;
            }

            variables[variable.Name] = variable.Value.GetString()!;
        }

        return variables;
    }

    private static Dictionary<string, string>? Pairs(IEnumerable<string> texts)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var end = text.IndexOf('=', StringComparison.Ordinal);
            if (end < 0 || !IsName(text[..end]))
            {
                return null;
            }

            variables[text[..end]] = text[(end + 1)..];
        }

        return variables;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-');
}
