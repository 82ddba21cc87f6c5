using System.Text.RegularExpressions;

namespace Nexus.Architecture.Tests.Tree;

/// <summary>C# text without its comments and literals, so that rules see code only.</summary>
internal static partial class CodeText
{
    public static string Of(string source) => CommentsAndLiterals().Replace(source, " ");

    [GeneratedRegex(
        """"
            /\*.*?\*/ | //[^\n]* | "{3,}.*?"{3,} | \$?@"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+'
            """",
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex CommentsAndLiterals();
}
