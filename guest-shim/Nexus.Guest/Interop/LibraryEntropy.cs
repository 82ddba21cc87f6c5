using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nexus.Guest.Interop;

/// <summary>OpenSSL's own random number generator, which .NET's <c>RandomNumberGenerator</c> asks, in a process that has loaded it.</summary>
internal static unsafe partial class LibraryEntropy
{
    /// <summary>Has it start over from the kernel's randomness, with some bytes besides (RAND_seed(3)); does nothing where it is not loaded.</summary>
    public static void Renew(ReadOnlySpan<byte> bytes)
    {
        // The loader's own list: a clone that waits for this before its first answer must not have its kernel print all mappings.
        byte* path = null;
        _ = IterateLibraries(&Look, &path);
        if (
            path is null
            || !NativeLibrary.TryLoad(Marshal.PtrToStringUTF8((nint)path)!, out var library)
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

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Look(LibraryInfo* library, nuint size, byte** found)
    {
        if (library->Name is null || MemoryMarshal.CreateReadOnlySpanFromNullTerminated(library->Name).IndexOf("/libcrypto.so"u8) < 0)
        {
            return 0;
        }

        *found = library->Name;
        return 1;
    }

    /// <summary>dl_iterate_phdr(3).</summary>
    [LibraryImport("libc", EntryPoint = "dl_iterate_phdr")]
    private static partial int IterateLibraries(delegate* unmanaged[Cdecl]<LibraryInfo*, nuint, byte**, int> look, byte** found);

    /// <summary>The beginning of struct dl_phdr_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LibraryInfo
    {
        public nuint Address;
        public byte* Name;
    }
}
