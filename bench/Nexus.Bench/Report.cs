using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Nexus.Bench;

/// <summary>Figures as a table for people or as JSON for programs.</summary>
internal sealed class Report(bool asJson)
{
    private readonly List<Dictionary<string, object>> _rows = [];

    public static Report Parse(string[] options) => new(options.Contains("--json"));

    public static int Usage(params string[] commands)
    {
        Console.Error.WriteLine("usage: nexus-bench " + string.Join("\n       nexus-bench ", commands));
        return 2;
    }

    /// <summary>Adds a row; all rows of a report have the same columns.</summary>
    public void Add(params ReadOnlySpan<(string Column, object Value)> cells)
    {
        var row = new Dictionary<string, object>();
        foreach (var (column, value) in cells)
        {
            row[column] = value;
        }

        _rows.Add(row);
    }

    /// <summary>Writes what was added and forgets it.</summary>
    public void Write(string title)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { title, rows = _rows }));
        }
        else if (_rows.Count > 0)
        {
            var table = new Table { Title = new TableTitle(title) };
            foreach (var column in _rows[0].Keys)
            {
                table.AddColumn(column);
            }

            foreach (var row in _rows)
            {
                table.AddRow([.. row.Values.Select(value => string.Format(CultureInfo.InvariantCulture, "{0:0.###}", value))]);
            }

            AnsiConsole.Write(table);
        }

        _rows.Clear();
    }
}
