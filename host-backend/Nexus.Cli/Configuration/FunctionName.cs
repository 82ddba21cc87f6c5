namespace Nexus.Cli.Configuration;

/// <summary>Names of functions: 1 to 64 letters, digits, '-' and '_'.</summary>
internal static class FunctionName
{
    private const int Longest = 64;

    public static bool IsValid(string name) => name.Length is > 0 and <= Longest && name.All(IsAllowed);

    /// <summary>A name made from any text, such as an assembly's name.</summary>
    public static string From(string text)
    {
        var name = string.Concat(text.Take(Longest).Select(static character => IsAllowed(character) ? character : '-'));
        return name.Length > 0 ? name : "function";
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}
