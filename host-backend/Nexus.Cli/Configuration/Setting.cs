using System.Globalization;
using System.Text;

namespace Nexus.Cli.Configuration;

/// <summary>One thing that can be configured: by a key of the file, an environment variable and a switch, all named alike.</summary>
/// <param name="Key">Name in the file, camel case.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Description">One phrase, with the unit.</param>
internal sealed record Setting(string Key, SettingType Type, string Description)
{
    /// <summary>In force when nothing else is said; null when there is no value then.</summary>
    public object? Default { get; init; }

    /// <summary>The lowest number; for a list, of each element.</summary>
    public double Least { get; init; }

    /// <summary>The highest number; for a list, of each element.</summary>
    public double Most { get; init; } = int.MaxValue;

    /// <summary>The values of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>For a list of texts: what each of them must be, besides a text.</summary>
    public (string Words, Func<string, bool> IsMet)? Form { get; init; }

    /// <summary>Whether it only makes sense for one function, so that neither a switch of <c>nexus serve</c> nor a variable sets it.</summary>
    public bool PerFunctionOnly { get; init; }

    /// <summary><c>--idle-seconds</c> for <c>idleSeconds</c>.</summary>
    public string Switch => Type is SettingType.Variables ? "--env" : "--" + Words('-').ToLowerInvariant();

    /// <summary><c>NEXUS_IDLE_SECONDS</c> for <c>idleSeconds</c>.</summary>
    public string Variable => "NEXUS_" + Words('_').ToUpperInvariant();

    /// <summary>What is allowed, in words.</summary>
    public string Allowed =>
        Type switch
        {
            SettingType.Path => "a path",
            SettingType.Address => "an http or https address",
            SettingType.Choice => string.Join(" or ", Choices),
            SettingType.Integer => $"a whole number from {Text(Least)} to {Text(Most)}",
            SettingType.Number => $"a number from {Text(Least)} to {Text(Most)}",
            SettingType.Flag => "true or false",
            SettingType.TextList => $"a list of {Form?.Words ?? "texts"}",
            SettingType.IntegerList => $"a list of whole numbers from {Text(Least)} to {Text(Most)}",
            SettingType.Variables => "names and texts (NAME=VALUE)",
            _ => "a text",
        };

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private string Words(char separator)
    {
        var words = new StringBuilder();
        foreach (var character in Key)
        {
            if (char.IsAsciiLetterUpper(character))
            {
                words.Append(separator);
            }

            words.Append(character);
        }

        return words.ToString();
    }
}
