using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>/dev/kvm.</summary>
internal sealed class KvmSystem : KvmDescriptor
{
    private const int ApiVersion = 12;
    private const int MostCpuidEntries = 256;

    private static readonly KvmCapability[] Needed =
    [
        KvmCapability.IrqChip,
        KvmCapability.UserMemory,
        KvmCapability.ExtendedCpuid,
        KvmCapability.MpState,
        KvmCapability.IrqFd,
        KvmCapability.Pit2,
        KvmCapability.IoEventFd,
        KvmCapability.AdjustClock,
        KvmCapability.VcpuEvents,
        KvmCapability.DebugRegisters,
        KvmCapability.Xsave,
        KvmCapability.Xcrs,
        KvmCapability.ReadOnlyMemory,
        KvmCapability.ImmediateExit,
    ];

    private KvmSystem(int number)
        : base(number) { }

    /// <summary>Opens the device, or takes over a descriptor that was passed in, and checks what it can do.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0900 to NEXUS0902.</exception>
    public static KvmSystem Open(int? inherited = null, string path = "/dev/kvm")
    {
        var number = inherited ?? Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec, 0);
        if (number < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw error is Libc.NoAccess or Libc.NotPermitted
                ? VmmDiagnostics.NoKvmPermission.With($"{path}, user {Environment.UserName}")
                : VmmDiagnostics.NoKvm.With($"{path}: error {error}");
        }

        var system = new KvmSystem(number);
        try
        {
            system.CheckAbilities();
            return system;
        }
        catch
        {
            system.Dispose();
            throw;
        }
    }

    /// <summary>0 if the kernel does not have it.</summary>
    public int Check(KvmCapability capability) => Call(KvmRequest.CheckExtension, (ulong)capability);

    /// <summary>A new, empty virtual machine.</summary>
    public KvmVm CreateVm() => new(Call(KvmRequest.CreateVm), Call(KvmRequest.GetVcpuMmapSize));

    /// <summary>The processor features KVM can give to a guest here, in the structure's own layout.</summary>
    public CpuidTable SupportedCpuid()
    {
        var table = new byte[8 + (MostCpuidEntries * CpuidTable.EntryBytes)];
        BinaryPrimitives.WriteInt32LittleEndian(table, MostCpuidEntries);
        Call(KvmRequest.GetSupportedCpuid, table);
        return new CpuidTable(table.AsSpan(0, 8 + (BinaryPrimitives.ReadInt32LittleEndian(table) * CpuidTable.EntryBytes)).ToArray());
    }

    /// <summary>The model-specific registers that make up a processor's state here.</summary>
    public uint[] StateMsrs()
    {
        const int most = 1024;
        var list = new byte[4 + (most * 4)];
        BinaryPrimitives.WriteInt32LittleEndian(list, most);
        Call(KvmRequest.GetMsrIndexList, list);
        return MemoryMarshal.Cast<byte, uint>(list.AsSpan(4, BinaryPrimitives.ReadInt32LittleEndian(list) * 4)).ToArray();
    }

    private void CheckAbilities()
    {
        var version = Call(KvmRequest.GetApiVersion);
        if (version != ApiVersion)
        {
            throw VmmDiagnostics.KvmTooOld.With($"API version {version}");
        }

        foreach (var capability in Needed)
        {
            if (Check(capability) <= 0)
            {
                throw VmmDiagnostics.KvmTooOld.With($"no {capability}");
            }
        }
    }
}
