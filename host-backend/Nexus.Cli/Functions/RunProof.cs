using Nexus.Backend.Instances;
using Nexus.Backend.Node;

namespace Nexus.Cli.Functions;

/// <summary>Where a function's calls went, as the host sees it.</summary>
/// <param name="OffloadedCalls">AWS calls that the backend executed for it.</param>
/// <param name="Sockets">Sockets that its processes hold; null when none of them lives any more.</param>
/// <param name="Interfaces">Network interfaces that it can see; null likewise.</param>
/// <param name="InitMilliseconds">From the start of the process until it was ready; null likewise.</param>
internal sealed record RunProof(long OffloadedCalls, int? Sockets, IReadOnlyList<string>? Interfaces, double? InitMilliseconds)
{
    public static RunProof Read(NexusNode node, FunctionPool pool)
    {
        var instance = pool.Instances.FirstOrDefault(static candidate => candidate.IsAlive);
        return new RunProof(
            node.Metrics.TotalAwsCalls,
            instance?.Process.CountSockets(),
            instance?.Process.GuestId is { } guest ? ReadInterfaces(guest) : null,
            instance?.InitDuration.TotalMilliseconds
        );
    }

    /// <summary>One line for people.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{OffloadedCalls} AWS calls offloaded")
        + (Sockets is null ? "" : FormattableString.Invariant($", {Sockets} sockets in the sandbox"))
        + (Interfaces is null ? "" : $", interfaces: {(Interfaces.Count == 0 ? "none" : string.Join(' ', Interfaces))}");

    /// <summary>The interfaces in a process's network namespace; null when it has ended.</summary>
    public static string[]? ReadInterfaces(int process)
    {
        try
        {
            // proc_pid_net(5): below two lines of headings.
            return [.. File.ReadLines($"/proc/{process}/net/dev").Skip(2).Select(static line => line.Split(':')[0].Trim())];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
