using System.Globalization;

namespace Nexus.Bench.Demo;

/// <summary>The network as a process sees it.</summary>
/// <param name="Interfaces">Names, the process's own loopback included.</param>
/// <param name="Bytes">Received and sent over all of them.</param>
internal sealed record NetworkView(IReadOnlyList<string> Interfaces, long Bytes)
{
    /// <summary>No interface but an own loopback, over which nothing ever went.</summary>
    public bool IsNone => Interfaces is [] or ["lo"] && Bytes == 0;

    /// <summary>proc(5): /proc/PID/net shows the network namespace of that process.</summary>
    public static NetworkView Of(int pid)
    {
        var devices = File.ReadLines($"/proc/{pid}/net/dev").Skip(2).Select(line => line.Split(':')).ToArray();
        return new NetworkView([.. devices.Select(device => device[0].Trim())], devices.Sum(device => BytesOf(device[1])));
    }

    public override string ToString() => IsNone ? "none (an own lo, 0 bytes)" : string.Join(", ", Interfaces);

    private static long BytesOf(string counters)
    {
        var fields = counters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(fields[0], CultureInfo.InvariantCulture) + long.Parse(fields[8], CultureInfo.InvariantCulture);
    }
}
