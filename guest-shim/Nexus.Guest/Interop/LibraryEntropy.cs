using System.Runtime.InteropServices;

namespace Nexus.Guest.Interop;

/// <summary>OpenSSL's own random number generator, which .NET's <c>RandomNumberGenerator</c> asks, in a process that has loaded it.</summary>
internal static unsafe class LibraryEntropy
{
    private const string Mappings = "/proc/self/maps";
    private const string Library = "/libcrypto.so";

    /// <summary>Has it start over from the kernel's randomness, with some bytes besides (RAND_seed(3)); does nothing where it is not loaded.</summary>
    public static void Renew(ReadOnlySpan<byte> bytes)
    {
        var path = File.ReadLines(Mappings)
            .Where(static line => line.Contains(Library, StringComparison.Ordinal))
            .Select(static line => line[line.IndexOf('/', StringComparison.Ordinal)..])
            .FirstOrDefault();
        if (
            path is null
            || !NativeLibrary.TryLoad(path, out var library)
            || !NativeLibrary.TryGetExport(library, "RAND_seed", out var seed)
        )
        {
            return;
        }

        fixed (byte* first = bytes)
        {
            ((delegate* unmanaged<byte*, int, void>)seed)(first, bytes.Length);
        }
    }
}
