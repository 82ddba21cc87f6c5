using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// The function's log in Lambda's text format: time, request id, level and message, separated by tabs, one write per entry.
/// </summary>
/// <param name="output">Receives UTF-8; entries of up to 4 KB stay whole in a pipe.</param>
public sealed class LambdaLog(Stream output)
{
    public const string Information = "Information";
    public const string Error = "Error";

    private static readonly string[] s_levels = ["Trace", "Debug", Information, "Warning", Error, "Critical"];
    private static readonly string[] s_labels = ["trce", "dbug", "info", "warn", "fail", "crit"];

    private readonly object _gate = new();
    private readonly int _minimum = MinimumFromEnvironment();
    private readonly bool _bare = string.Equals(
        Environment.GetEnvironmentVariable("AWS_LAMBDA_HANDLER_LOG_FORMAT"),
        "Unformatted",
        StringComparison.OrdinalIgnoreCase
    );

    /// <summary>Request whose entries follow; empty during initialization.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>A log on descriptor 1 (standard output), without System.Console and its encodings.</summary>
    public static LambdaLog ToStandardOutput() => ToDescriptor(1);

    /// <summary>The same on descriptor 2 (standard error).</summary>
    public static LambdaLog ToStandardError() => ToDescriptor(2);

    private static LambdaLog ToDescriptor(nint descriptor) =>
        new(new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0));

    /// <summary>Writes one entry, unless its level is below the function's minimum.</summary>
    /// <param name="level">A level's name, any case; null and unknown names are never filtered.</param>
    /// <param name="message">Text, with <c>{name}</c> or <c>{0}</c> where arguments belong.</param>
    /// <param name="exception">Printed below the message.</param>
    /// <param name="args">Values for the message's placeholders.</param>
    public void Write(string? level, string? message, Exception? exception = null, object?[]? args = null)
    {
        var index = Array.FindIndex(s_levels, name => string.Equals(name, level, StringComparison.OrdinalIgnoreCase));
        if (index >= 0 && index < _minimum)
        {
            return;
        }

        var line = new StringBuilder();
        if (!_bare)
        {
            line.Append(DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            line.Append('\t').Append(RequestId).Append('\t');
            var label = index >= 0 ? s_labels[index] : level;
            if (!string.IsNullOrEmpty(label))
            {
                line.Append(label).Append('\t');
            }
        }
        line.Append(args is { Length: > 0 } ? LogTemplate.Format(message ?? "", args) : message);
        if (exception is not null)
        {
            line.Append(string.IsNullOrEmpty(message) ? "" : "\n").Append(exception);
        }
        line.Append('\n');
        WriteRaw(line.ToString());
    }

    /// <summary>Writes text as it is, without time, level or line end.</summary>
    public void WriteRaw(string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        lock (_gate)
        {
            try
            {
                output.Write(bytes);
            }
            catch (IOException)
            {
                // Nobody reads while the backend restarts; a lost line must not fail the function.
            }
        }
    }

    private static int MinimumFromEnvironment()
    {
        var wanted =
            Environment.GetEnvironmentVariable("AWS_LAMBDA_HANDLER_LOG_LEVEL")
            ?? Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_LEVEL");

        // The Lambda service says INFO, WARN and FATAL where .NET says Information, Warning and Critical.
        var name = wanted?.ToUpperInvariant() switch
        {
            "INFO" => Information,
            "WARN" => "Warning",
            "FATAL" => "Critical",
            _ => wanted,
        };
        var index = Array.FindIndex(s_levels, level => string.Equals(level, name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : 2;
    }
}
