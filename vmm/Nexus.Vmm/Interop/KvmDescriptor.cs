using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>A descriptor that takes KVM's ioctls (ioctl(2), Documentation/virt/kvm/api.rst).</summary>
internal abstract unsafe partial class KvmDescriptor : OwnedDescriptor
{
    protected KvmDescriptor(int number, bool ownsHandle = true)
        : base(number, ownsHandle) { }

    /// <summary>A request whose argument is a number.</summary>
    protected int Call(KvmRequest request, ulong argument = 0) => Checked(request, Control(Number, (nuint)request, (nint)argument));

    /// <summary>A request that reads or fills a structure of exactly this size.</summary>
    protected int Call(KvmRequest request, Span<byte> structure)
    {
        fixed (byte* start = structure)
        {
            return Checked(request, Control(Number, (nuint)request, (nint)start));
        }
    }

    /// <summary>The same for a typed structure.</summary>
    protected int Call<T>(KvmRequest request, ref T structure)
        where T : unmanaged
    {
        fixed (T* start = &structure)
        {
            return Checked(request, Control(Number, (nuint)request, (nint)start));
        }
    }

    /// <summary>The same without turning an error into an exception: the result and errno.</summary>
    protected int TryCall(KvmRequest request, out int error)
    {
        var result = Control(Number, (nuint)request, 0);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result;
    }

    private static int Checked(KvmRequest request, int result) =>
        result >= 0 ? result : throw VmmDiagnostics.KvmCallFailed.With($"{request}: error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int fd, nuint request, nint argument);
}
