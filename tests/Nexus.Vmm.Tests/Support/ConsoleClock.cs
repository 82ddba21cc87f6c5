using System.Text;

namespace Nexus.Vmm.Tests.Support;

/// <summary>When each line of a guest's console began and ended, by this host's clock; the guest stands still in both moments.</summary>
internal sealed class ConsoleClock
{
    // Where a line comes first of all, its guest ran from here on.
    private readonly List<Line> _lines = [new Line("", Now(), Now())];
    private readonly StringBuilder _text = new();
    private readonly object _gate = new();
    private long _began;

    /// <summary>For <see cref="Machine.MachineOptions.SerialOutput"/>.</summary>
    public void Note(byte value)
    {
        LiveConsole.Show(value);
        lock (_gate)
        {
            if (_text.Length == 0)
            {
                _began = Now();
            }

            if (value == '\n')
            {
                _lines.Add(new Line(_text.ToString().TrimEnd('\r'), _began, Now()));
                _text.Clear();
            }
            else
            {
                _text.Append((char)value);
            }
        }
    }

    /// <summary>A line that holds a text, and the one before it; null until both are there.</summary>
    public (Line Before, Line Found)? Find(string text)
    {
        lock (_gate)
        {
            var at = _lines.FindIndex(line => line.Text.Contains(text, StringComparison.Ordinal));
            return at > 0 ? (_lines[at - 1], _lines[at]) : null;
        }
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <param name="Text">Without its end.</param>
    /// <param name="Began">When its first byte came, in Unix milliseconds.</param>
    /// <param name="Ended">When its last byte came.</param>
    internal sealed record Line(string Text, long Began, long Ended);
}
