using System.Text;

namespace Nexus.DirectHost;

/// <summary>The console as log frames, since the process's standard output carries the results.</summary>
internal sealed class LogWriter(FrameChannel frames) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value) => frames.Write(FrameKind.Log, Encoding.UTF8.GetBytes(value ?? ""));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value) => Write(value + "\n");
}
