using System.Collections.Concurrent;
using System.Net.Sockets;
using Nexus.Diagnostics;

namespace Nexus.Guest.Http;

/// <summary>What the operator grants of the network, and how to say that it is nothing.</summary>
internal static class SandboxNetwork
{
    private const string Variable = "NEXUS_NETWORK";
    private const int MostTold = 64;
    private static readonly ConcurrentDictionary<string, bool> Told = new(StringComparer.Ordinal);

    /// <summary>Whether the process was started by a backend, in a sandbox without a network.</summary>
    public static bool IsNone { get; } = GuestChannel.IsOffered && Environment.GetEnvironmentVariable(Variable) is not "host";

    /// <summary>The same error with the diagnostic and the place in its message.</summary>
    public static SocketException Refusal(Diagnostic diagnostic, string place, SocketException refused)
    {
        Tell(diagnostic, place);
        return new SocketException(refused.ErrorCode, $"{refused.Message} {diagnostic.With(place).Message}");
    }

    /// <summary>Puts it into the function's log, once for each place: libraries often keep such errors to themselves.</summary>
    public static void Tell(Diagnostic diagnostic, string place)
    {
        if (Told.Count < MostTold && Told.TryAdd(place, true))
        {
            Console.Error.WriteLine(diagnostic.With(place).Message);
        }
    }
}
