using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>One virtual processor and the page it shares with the kernel (struct kvm_run).</summary>
internal sealed unsafe class KvmVcpu : KvmDescriptor
{
    public const int FpuBytes = 416;
    public const int XsaveBytes = 4096;
    public const int XcrsBytes = 392;
    public const int LapicBytes = 1024;
    public const int EventsBytes = 64;
    public const int DebugBytes = 128;

    // struct kvm_run.
    private const int ImmediateExitOffset = 1;
    private const int ExitReasonOffset = 8;
    private const int DetailsOffset = 32;
    private const int PortDataOffsetOffset = 40;
    private const int MemoryDataOffset = 40;
    private const int MemoryLengthOffset = 48;
    private const int MemoryIsWriteOffset = 52;
    private readonly byte* _run;
    private readonly int _runBytes;

    internal KvmVcpu(int number, int runBytes)
        : base(number)
    {
        _runBytes = runBytes;
        var address = Libc.Map(0, (nuint)runBytes, Libc.ProtectReadWrite, Libc.MapShared, number, 0);
        _run = address != -1 ? (byte*)address : throw Failed("mmap");
    }

    /// <summary>Runs the guest until something needs the monitor; <see cref="VcpuExit.Interrupted"/> after a kick or with an immediate exit asked for.</summary>
    public VcpuExit Run()
    {
        if (TryCall(KvmRequest.Run, out var error) >= 0)
        {
            return *(VcpuExit*)(_run + ExitReasonOffset);
        }

        return error is Libc.Interrupted or Libc.TryAgain
            ? VcpuExit.Interrupted
            : throw VmmDiagnostics.KvmCallFailed.With($"{KvmRequest.Run}: error {error}");
    }

    /// <summary>Makes the next (or a signalled current) <see cref="Run"/> come back at once, after finishing what the guest's last access began.</summary>
    public void SetImmediateExit(bool immediate) =>
        Volatile.Write(ref Unsafe.AsRef<byte>(_run + ImmediateExitOffset), immediate ? (byte)1 : (byte)0);

    /// <summary>After <see cref="VcpuExit.Port"/>: where, how wide, how often and which way.</summary>
    public PortAccess Port =>
        new(
            *(ushort*)(_run + DetailsOffset + 2),
            _run[DetailsOffset + 1],
            *(int*)(_run + DetailsOffset + 4),
            IsWrite: _run[DetailsOffset] == 1
        );

    /// <summary>After <see cref="VcpuExit.Port"/>: the bytes out, or room for the bytes in.</summary>
    public Span<byte> PortData
    {
        get
        {
            var port = Port;
            var offset = *(ulong*)(_run + PortDataOffsetOffset);
            var length = port.Width * port.Count;
            return offset <= (ulong)_runBytes && (ulong)length <= (ulong)_runBytes - offset
                ? new Span<byte>(_run + offset, length)
                : throw VmmDiagnostics.KvmCallFailed.With($"a port access of {length} bytes");
        }
    }

    /// <summary>After <see cref="VcpuExit.Memory"/>: the guest address.</summary>
    public ulong MemoryAddress => *(ulong*)(_run + DetailsOffset);

    /// <summary>After <see cref="VcpuExit.Memory"/>: whether the guest stored.</summary>
    public bool MemoryIsWrite => _run[MemoryIsWriteOffset] != 0;

    /// <summary>After <see cref="VcpuExit.Memory"/>: the 1 to 8 bytes stored, or room for the bytes loaded.</summary>
    public Span<byte> MemoryData => new(_run + MemoryDataOffset, (int)Math.Min(8, *(uint*)(_run + MemoryLengthOffset)));

    /// <summary>After a failure: the hardware's or KVM's own code for it; after a system event, its kind.</summary>
    public ulong FailureCode => *(ulong*)(_run + DetailsOffset);

    public GeneralRegisters Registers
    {
        get
        {
            var registers = new GeneralRegisters();
            Call(KvmRequest.GetRegisters, ref registers);
            return registers;
        }
        set => Call(KvmRequest.SetRegisters, ref value);
    }

    public SystemRegisters SystemRegisters
    {
        get
        {
            var registers = new SystemRegisters();
            Call(KvmRequest.GetSystemRegisters, ref registers);
            return registers;
        }
        set => Call(KvmRequest.SetSystemRegisters, ref value);
    }

    public void SetCpuid(CpuidTable table) => Call(KvmRequest.SetCpuid2, table.Bytes);

    /// <summary>The time stamp counter's frequency.</summary>
    public int TscKhz => Call(KvmRequest.GetTscKhz);

    /// <summary>A fixed-size piece of state, by the request that reads it.</summary>
    public byte[] Get(KvmRequest request, int bytes)
    {
        var state = new byte[bytes];
        Call(request, state);
        return state;
    }

    /// <summary>Writes a fixed-size piece of state back.</summary>
    public void Set(KvmRequest request, byte[] state, int bytes) => Call(request, state.AsSpan(0, bytes));

    /// <summary>Tells a guest with kvm-clock that it was paused, so that its watchdogs do not fire.</summary>
    public void NotePause() => _ = TryCall(KvmRequest.KvmClockControl, out _);

    /// <summary>Reads model-specific registers; what the kernel refuses is left out.</summary>
    public List<(uint Index, ulong Value)> GetMsrs(IEnumerable<uint> indexes)
    {
        var values = new List<(uint, ulong)>();
        Span<byte> one = stackalloc byte[MsrBytes];
        foreach (var index in indexes)
        {
            WriteMsr(one, index, 0);
            if (Call(KvmRequest.GetMsrs, one) == 1)
            {
                values.Add((index, BinaryPrimitives.ReadUInt64LittleEndian(one[16..])));
            }
        }

        return values;
    }

    /// <summary>Writes one model-specific register; false if the kernel refuses it.</summary>
    public bool SetMsr(uint index, ulong value)
    {
        Span<byte> one = stackalloc byte[MsrBytes];
        WriteMsr(one, index, value);
        return Call(KvmRequest.SetMsrs, one) == 1;
    }

    protected override bool ReleaseHandle()
    {
        _ = Libc.Unmap((nint)_run, (nuint)_runBytes);
        return base.ReleaseHandle();
    }

    // struct kvm_msrs with one entry: count, padding, index, reserved, value.
    private const int MsrBytes = 24;

    private static void WriteMsr(Span<byte> one, uint index, ulong value)
    {
        one.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(one, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(one[8..], index);
        BinaryPrimitives.WriteUInt64LittleEndian(one[16..], value);
    }
}
