using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Nexus.Guest.AspNetCore;

/// <summary>Header fields on their way out, checked as Kestrel checks them.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Printable = SearchValues.Create(
        string.Concat(Enumerable.Range(0x20, 0x7f - 0x20).Select(static value => (char)value)) + '\t'
    );

    /// <exception cref="InvalidOperationException">A name or value holds a character that HTTP does not allow.</exception>
    public static void Append(List<KeyValuePair<string, string>> fields, IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            Check(name);
            for (var i = 0; i < values.Count; i++)
            {
                var value = values[i] ?? "";
                Check(value);
                fields.Add(new KeyValuePair<string, string>(name, value));
            }
        }
    }

    private static void Check(string text)
    {
        var index = text.AsSpan().IndexOfAnyExcept(Printable);
        if (index >= 0)
        {
            throw new InvalidOperationException($"Invalid non-ASCII or control character in header: 0x{(ushort)text[index]:X4}");
        }
    }
}
