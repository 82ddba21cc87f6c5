using System.Globalization;
using System.Text;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// Fills the placeholders of a log message: <c>{0}</c> by number when all are numbers, otherwise <c>{name}</c> in order of
/// appearance; <c>,width</c>, <c>:format</c> and <c>@</c> are allowed, <c>{{</c> and <c>}}</c> stand for braces. A placeholder
/// without an argument stays as it is, because a log call never fails.
/// </summary>
internal static class LogTemplate
{
    public static string Format(string template, object?[] args)
    {
        var byNumber = AllNumbers(template);
        var result = new StringBuilder(template.Length + 16 * args.Length);
        var next = 0;
        for (var i = 0; i < template.Length; i++)
        {
            var character = template[i];
            var doubled = i + 1 < template.Length && template[i + 1] == character;
            if (character is '{' or '}' && doubled)
            {
                result.Append(character);
                i++;
                continue;
            }
            var end = character == '{' ? template.IndexOf('}', i) : -1;
            if (end < 0)
            {
                result.Append(character);
                continue;
            }

            var inner = template.AsSpan(i + 1, end - i - 1);
            var index = byNumber ? NumberOf(inner) : next++;
            result.Append(index < args.Length ? Render(inner, args[index]) : template.AsSpan(i, end - i + 1));
            i = end;
        }
        return result.ToString();
    }

    private static bool AllNumbers(string template)
    {
        for (var i = template.IndexOf('{'); i >= 0; i = template.IndexOf('{', i))
        {
            if (i + 1 < template.Length && template[i + 1] == '{')
            {
                i += 2;
                continue;
            }
            var end = template.IndexOf('}', i);
            if (end < 0)
            {
                break;
            }
            if (NumberOf(template.AsSpan(i + 1, end - i - 1)) == int.MaxValue)
            {
                return false;
            }
            i = end;
        }
        return true;
    }

    private static int NumberOf(ReadOnlySpan<char> inner)
    {
        var end = inner.IndexOfAny(',', ':');
        var name = end < 0 ? inner : inner[..end];
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
    }

    private static string Render(ReadOnlySpan<char> inner, object? value)
    {
        var suffix = inner.IndexOfAny(',', ':');
        if (suffix < 0)
        {
            return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }
        try
        {
            return string.Format(CultureInfo.InvariantCulture, $"{{0{inner[suffix..]}}}", value);
        }
        catch (FormatException)
        {
            return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }
    }
}
