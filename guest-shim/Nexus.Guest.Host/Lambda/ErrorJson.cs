using System.Globalization;
using System.Text;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// Writes an exception as Lambda's error document. By hand, because a failing function would otherwise load System.Text.Json and
/// its encoders for four fields.
/// </summary>
internal sealed class ErrorJson(MemoryStream bytes)
{
    private const int MaximumBytes = 256 * 1024;
    private const string Truncated = "{\"errorMessage\": \"Exception exceeded maximum payload size of 256KB.\"}";

    // An aggregate names its first inner exception twice, so nesting doubles the work per level; the size ends that as well, later.
    private const int MaximumDepth = 32;

    public static ReadOnlyMemory<byte> Write(Exception exception)
    {
        using var bytes = new MemoryStream();
        new ErrorJson(bytes).Value(exception, depth: 0);
        return bytes.ToArray();
    }

    private void Value(Exception exception, int depth)
    {
        var start = bytes.Length;
        if (depth < MaximumDepth && start < MaximumBytes)
        {
            Fields(exception, depth);
            if (bytes.Length + Closing(depth) <= MaximumBytes)
            {
                return;
            }
        }

        // Does not fit: what was begun is taken back, and the outer exceptions keep their own fields.
        bytes.SetLength(start);
        Text(Truncated);
    }

    // Room for the brackets and the truncation notes of the levels outside this one.
    private static int Closing(int depth) => depth * (Truncated.Length + 64 + 4 * depth);

    private void Fields(Exception exception, int depth)
    {
        Text("{");
        Name("errorType", depth, first: true);
        Quoted(ErrorReport.TypeOf(exception));
        Name("errorMessage", depth);
        Quoted(ErrorReport.MessageOf(exception).Trim());
        var lines = ErrorReport.StackTraceOf(exception).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 0)
        {
            Name("stackTrace", depth);
            Text("[");
            for (var i = 0; i < lines.Length; i++)
            {
                Text(i == 0 ? "" : ",");
                NewLine(depth + 2);
                Quoted(lines[i]);
            }
            NewLine(depth + 1);
            Text("]");
        }
        if (exception.InnerException is { } inner)
        {
            Name("cause", depth);
            Value(inner, depth + 1);
        }
        if (exception is AggregateException { InnerExceptions.Count: > 0 } aggregate)
        {
            Causes(aggregate, depth);
        }
        NewLine(depth);
        Text("}");
    }

    private void Causes(AggregateException aggregate, int depth)
    {
        Name("causes", depth);
        Text("[");
        for (var i = 0; i < aggregate.InnerExceptions.Count && bytes.Length < MaximumBytes; i++)
        {
            Text(i == 0 ? "" : ",");
            NewLine(depth + 2);
            Value(aggregate.InnerExceptions[i], depth + 2);
        }
        NewLine(depth + 1);
        Text("]");
    }

    private void Name(string name, int depth, bool first = false)
    {
        Text(first ? "" : ",");
        NewLine(depth + 1);
        Text($"\"{name}\": ");
    }

    private void NewLine(int depth)
    {
        bytes.WriteByte((byte)'\n');
        for (var i = 0; i < depth; i++)
        {
            bytes.Write("  "u8);
        }
    }

    private void Quoted(string value)
    {
        var text = new StringBuilder(value.Length + 16).Append('"');
        foreach (var character in value)
        {
            switch (character)
            {
                case '"' or '\\':
                    text.Append('\\').Append(character);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                // The line separators are legal in JSON but end a line for some log readers; Lambda escapes them too.
                case < ' ' or '\u0085' or '\u2028' or '\u2029':
                    text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }
        Text(text.Append('"').ToString());
    }

    private void Text(string text) => bytes.Write(Encoding.UTF8.GetBytes(text));
}
