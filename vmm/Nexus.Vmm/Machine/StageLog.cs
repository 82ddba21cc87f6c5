using System.Diagnostics;
using System.Globalization;
using System.Text;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>
/// Tells whoever started the monitor how far the machine is: a line for each stage, its name and the monotonic clock in nanoseconds, or <c>error</c> and the message.
/// </summary>
internal sealed class StageLog(OwnedDescriptor target)
{
    /// <summary>A stage that is reached now; the clock is the one that every process of the host reads.</summary>
    public void Note(string stage) => Note(stage, Stopwatch.GetTimestamp());

    /// <summary>A stage that was reached at a time of <see cref="Stopwatch"/>'s, which counts nanoseconds on Linux.</summary>
    public void Note(string stage, long timestamp) => Write(stage, timestamp.ToString(CultureInfo.InvariantCulture));

    public void Fail(string message) => Write("error", message.ReplaceLineEndings(" "));

    // One write each: lines of several threads do not mix, and nobody has to listen.
    private void Write(string name, string value) => target.TryWrite(Encoding.UTF8.GetBytes($"{name} {value}\n"));
}
