using System.Diagnostics;
using System.Globalization;
using Nexus.Backend.Sandbox;
using Nexus.Cli.Output;

namespace Nexus.Cli.Functions;

/// <summary>How far a machine came, and when.</summary>
internal sealed class StageTimes
{
    private const string ErrorPrefix = "error: ";

    private static readonly Dictionary<string, string> s_meanings = new()
    {
        ["start"] = "the start is asked for",
        ["prepared"] = "snapshot and images are at hand",
        ["jailed"] = "the process sandbox stands",
        ["monitor"] = "the monitor's first instruction",
        ["arguments"] = "the monitor has kernel or snapshot",
        ["machine"] = "processor, memory and devices are made",
        ["running"] = "the guest's first instruction",
        ["init"] = "the guest's kernel has come to its first program",
        ["mounted"] = "its root is mounted",
        ["spawned"] = "its program is started",
        ["made"] = "its function is made",
        ["resumed"] = "it knows that it is a clone",
        ["ready"] = "the channel is joined, an invocation may come",
        ["answered"] = "the first invocation is answered",
        ["saved"] = "the snapshot is a file",
        ["checked"] = "the snapshot is read and checked",
    };

    private readonly List<(string Stage, long At)> _reached = [];
    private string? _error;

    public void Note(string stage) => Note(stage, Stopwatch.GetTimestamp());

    public void Note(string stage, long at)
    {
        lock (_reached)
        {
            if (stage.StartsWith(ErrorPrefix, StringComparison.Ordinal))
            {
                _error = stage[ErrorPrefix.Length..];
            }
            else
            {
                _reached.Add((stage, at));
            }
        }
    }

    /// <exception cref="MonitorException">The monitor ended with an error.</exception>
    public void ThrowIfFailed()
    {
        lock (_reached)
        {
            if (_error is not null)
            {
                throw new MonitorException(_error);
            }
        }
    }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<StageTime> All
    {
        get
        {
            lock (_reached)
            {
                var sorted = _reached.OrderBy(static stage => stage.At).ToArray();
                return
                [
                    .. sorted.Select(
                        (stage, i) =>
                            new StageTime(
                                stage.Stage,
                                s_meanings.GetValueOrDefault(stage.Stage, ""),
                                Stopwatch.GetElapsedTime(sorted[0].At, stage.At).TotalMilliseconds,
                                Stopwatch.GetElapsedTime(sorted[Math.Max(0, i - 1)].At, stage.At).TotalMilliseconds
                            )
                    ),
                ];
            }
        }
    }

    public void Print() =>
        Terminal.Table(
            ["Stage", "At ms", "Took ms", "What"],
            [.. All.Select(static stage => (IReadOnlyList<string>)[stage.Stage, Text(stage.At), Text(stage.Took), stage.What])]
        );

    private static string Text(double milliseconds) => milliseconds.ToString("F1", CultureInfo.InvariantCulture);
}
