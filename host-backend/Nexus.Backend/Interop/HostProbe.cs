using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nexus.Backend.Interop;

/// <summary>Tries single features of the kernel; null or true is good.</summary>
internal static class HostProbe
{
    private const int SetSeccomp = 22;
    private const nuint FilterMode = 2;
    private const int EFault = 14;
    private const uint CloseOnExecAndSealing = 3;
    private const int AddSeals = 1033;
    private const nuint CreateMachine = 0xAE01;
    private const int SealShrinkAndGrow = 2 | 4;

    /// <summary>Installing no filter at all fails with EFAULT where filters exist, with EINVAL where they do not (seccomp(2)).</summary>
    public static bool SeccompFiltersExist() =>
        Native.PrCtl(SetSeccomp, FilterMode, 0, 0, 0) != 0 && Marshal.GetLastPInvokeError() == EFault;

    public static string? SealedMemory()
    {
        using var memory = new SafeFileHandle(Native.MemfdCreate("probe", CloseOnExecAndSealing), ownsHandle: true);
        if (memory.IsInvalid)
        {
            return $"memfd_create: {Marshal.GetLastPInvokeErrorMessage()}";
        }

        return Native.Fcntl((int)memory.DangerousGetHandle(), AddSeals, SealShrinkAndGrow) == 0
            ? null
            : $"F_ADD_SEALS: {Marshal.GetLastPInvokeErrorMessage()}";
    }

    /// <summary>Makes a virtual machine and lets go of it: the device may be there and its module not work (Documentation/virt/kvm/api.rst).</summary>
    public static string? Virtualization()
    {
        try
        {
            using var kvm = File.OpenHandle("/dev/kvm", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var number = Native.Control((int)kvm.DangerousGetHandle(), CreateMachine, 0);
            if (number < 0)
            {
                return $"KVM_CREATE_VM: {Marshal.GetLastPInvokeErrorMessage()}";
            }

            using var machine = new SafeFileHandle(number, ownsHandle: true);
            return null;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return refusal.Message;
        }
    }

    public static string? DescriptorTakeOver()
    {
        var (read, write) = Descriptors.Pipe();
        using (read)
        using (write)
        {
            using var child = ProcessSpawner.Start(
                new SpawnRequest("/bin/sh", ["sh", "-c", "read line"], []) { Descriptors = new Dictionary<int, SafeHandle> { [0] = read } }
            );
            try
            {
                using var taken = child.Descriptor.Duplicate(0);
                return null;
            }
            catch (Win32Exception e)
            {
                return e.Message;
            }
            finally
            {
                child.Kill();
            }
        }
    }
}
