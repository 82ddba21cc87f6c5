using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Nexus.Cli.Output;

/// <summary>What commands print: results on standard output, everything else on standard error; decorated only where somebody looks.</summary>
internal static class Terminal
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = true,
    };

    private static readonly JsonSerializerOptions s_line = new(s_json) { WriteIndented = false };

    private static readonly IAnsiConsole s_errors = AnsiConsole.Create(
        new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }
    );

    /// <summary>One JSON document.</summary>
    public static void Json(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, s_json));

    /// <summary>One JSON document in one line, for readers that wait for lines.</summary>
    public static string ToJsonLine(object value) => JsonSerializer.Serialize(value, s_line);

    public static void Note(string text) => Console.Error.WriteLine(text);

    /// <summary>A table with borders for people, columns by spaces for programs.</summary>
    public static void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (Console.IsOutputRedirected)
        {
            Columns([columns, .. rows]);
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns([.. columns.Select(static column => new TableColumn(Markup.Escape(column)))]);
        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(static cell => Markup.Escape(cell))]);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Does something that takes its time, and says so on standard error.</summary>
    public static T Progress<T>(string what, Func<T> work)
    {
        if (Console.IsErrorRedirected)
        {
            Note($"{what} ...");
            return work();
        }

        return s_errors.Status().Start(Markup.Escape(what), _ => work());
    }

    private static void Columns(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            Console.Out.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
