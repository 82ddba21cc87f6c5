using System.Text;

namespace Nexus.Bench.Output;

/// <summary>A table for the console: the first column to the left, the others to the right.</summary>
internal sealed class TextTable
{
    private readonly List<string[]> _rows = [];

    public TextTable(params string[] header) => _rows.Add(header);

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, _rows.Max(row => row.Length)).Select(WidthOf).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < _rows.Count; i++)
        {
            text.AppendLine(Line(_rows[i], widths));
            if (i == 0)
            {
                text.Append("  ").AppendLine(string.Join("  ", widths.Select(width => new string('-', width))));
            }
        }

        return text.ToString();
    }

    private int WidthOf(int column) => _rows.Where(row => column < row.Length).Max(row => row[column].Length);

    private static string Line(string[] row, int[] widths) =>
        "  " + string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd();
}
