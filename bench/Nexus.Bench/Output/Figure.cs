using System.Globalization;

namespace Nexus.Bench.Output;

/// <summary>Numbers as the tables show them.</summary>
internal static class Figure
{
    public static string Megabytes(double bytes) => (bytes / (1024 * 1024)).ToString("F1", CultureInfo.InvariantCulture);

    public static string Number(double value) =>
        value.ToString(
            value < 10 ? "F2"
                : value < 100 ? "F1"
                : "F0",
            CultureInfo.InvariantCulture
        );

    /// <summary>The change from one value to another, such as <c>-41%</c>.</summary>
    public static string Change(double from, double to) => ((to - from) / from).ToString("+0%;-0%;0%", CultureInfo.InvariantCulture);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN
            : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
