using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Nexus.Bench.Interop;

/// <summary>A network without cards, which sockets and cards belong to that are made in it (network_namespaces(7)). It is gone with the last of them.</summary>
internal static partial class NetworkNamespace
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Runs something on a thread whose network is a new one.</summary>
    /// <exception cref="Win32Exception">This process may not make networks.</exception>
    public static T Make<T>(Func<T> make)
    {
        T? made = default;
        ExceptionDispatchInfo? failure = null;
        // One of its own, which ends: no other work may land in that network.
        var thread = new Thread(() =>
        {
            try
            {
                made =
                    Unshare(NewNetwork) == 0
                        ? make()
                        : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"a network: {Marshal.GetLastPInvokeErrorMessage()}");
            }
#pragma warning disable CA1031 // Thrown again by whoever waits for the thread.
            catch (Exception caught)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(caught);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return made!;
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
