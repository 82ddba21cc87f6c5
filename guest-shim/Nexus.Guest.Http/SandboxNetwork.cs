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

    /// <summary>Does what opens a socket; the error of a sandbox without a network gets the diagnostic and the place.</summary>
    public static void Named(string place, Action open) =>
        Named(
            place,
            () =>
            {
                open();
                return true;
            }
        );

    /// <inheritdoc cref="Named(string, Action)"/>
    public static T Named<T>(string place, Func<T> open) => Named(HttpStubDiagnostics.NoNetwork, place, open);

    /// <inheritdoc cref="Named(string, Action)"/>
    public static T Named<T>(Diagnostic diagnostic, string place, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (SocketException refused) when (IsNone)
        {
            throw Refusal(diagnostic, place, refused);
        }
    }

    /// <inheritdoc cref="Named(string, Action)"/>
    public static Task NamedAsync(string place, Func<Task> open)
    {
        return IsNone ? NamedOf(Named(place, open)) : open();

        async Task NamedOf(Task opening)
        {
            try
            {
                await opening.ConfigureAwait(false);
            }
            catch (SocketException refused)
            {
                throw Refusal(HttpStubDiagnostics.NoNetwork, place, refused);
            }
        }
    }

    /// <inheritdoc cref="Named(string, Action)"/>
    public static Task<T> NamedAsync<T>(string place, Func<Task<T>> open) => NamedAsync(HttpStubDiagnostics.NoNetwork, place, open);

    /// <inheritdoc cref="Named(string, Action)"/>
    public static Task<T> NamedAsync<T>(Diagnostic diagnostic, string place, Func<Task<T>> open)
    {
        return IsNone ? NamedOf(Named(diagnostic, place, open)) : open();

        async Task<T> NamedOf(Task<T> opening)
        {
            try
            {
                return await opening.ConfigureAwait(false);
            }
            catch (SocketException refused)
            {
                throw Refusal(diagnostic, place, refused);
            }
        }
    }

    /// <summary>The same error with the diagnostic and the place in its message.</summary>
    public static SocketException Refusal(Diagnostic diagnostic, string place, SocketException refused)
    {
        Tell(diagnostic, place);
        // Not its number of the operating system, which ErrorCode is.
        return new SocketException((int)refused.SocketErrorCode, $"{refused.Message} {diagnostic.With(place).Message}");
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
