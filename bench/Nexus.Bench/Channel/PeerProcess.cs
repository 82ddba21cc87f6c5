using System.Diagnostics;
using System.Globalization;
using Nexus.Channel.Interop;

namespace Nexus.Bench.Channel;

/// <summary>Another process of this program.</summary>
internal sealed class PeerProcess : IDisposable
{
    private const int DuplicateKeepOnExec = 0;
    private readonly Process _process;

    /// <summary>Starts a command; inheritable copies of the descriptors follow as arguments.</summary>
    public PeerProcess(string[] command, params FileDescriptor[] descriptors)
    {
        FileDescriptor[] inherited =
        [
            .. descriptors.Select(d => FileDescriptor.Checked(ChannelNative.Fcntl(d.Number, DuplicateKeepOnExec, 200), "fcntl")),
        ];
        string[] arguments =
        [
            typeof(PeerProcess).Assembly.Location,
            .. command,
            .. inherited.Select(d => d.Number.ToString(CultureInfo.InvariantCulture)),
        ];
        _process = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true }
        )!;
        foreach (var descriptor in inherited)
        {
            descriptor.Dispose();
        }

        if (_process.StandardOutput.ReadLine() != "ready")
        {
            throw new InvalidOperationException("the other process did not start");
        }
    }

    /// <summary>CPU both processes have used so far, in microseconds.</summary>
    public (double Here, double There) Cpu()
    {
        _process.Refresh();
        using var own = Process.GetCurrentProcess();
        return (own.TotalProcessorTime.TotalMicroseconds, _process.TotalProcessorTime.TotalMicroseconds);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
