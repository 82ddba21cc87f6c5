using System.Text.RegularExpressions;

namespace Nexus.Guest.Host.Tests;

/// <summary>Log output without the times, which differ from run to run.</summary>
internal static partial class LogText
{
    public static string[] Lines(string log) => Time().Replace(log, "<time>").TrimEnd('\n').Split('\n');

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Time();
}
