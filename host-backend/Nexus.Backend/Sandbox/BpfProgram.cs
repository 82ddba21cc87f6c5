using System.Buffers;
using System.Buffers.Binary;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// Assembles a classic BPF program for seccomp(2). Every instruction is a 16-bit opcode, two 8-bit jump distances and a 32-bit
/// operand (linux/filter.h). Only tests that fall through or return are offered, so no distance ever needs more than a few steps.
/// </summary>
internal sealed class BpfProgram
{
    private const ushort LoadWord = 0x20;
    private const ushort And = 0x54;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    private readonly ArrayBufferWriter<byte> _code = new();

    /// <summary>Loads a 32-bit word of <c>struct seccomp_data</c>.</summary>
    public BpfProgram Load(uint offset) => Emit(LoadWord, 0, 0, offset);

    public BpfProgram Mask(uint mask) => Emit(And, 0, 0, mask);

    public BpfProgram ReturnIf(uint value, uint verdict) => Emit(JumpIfEqual, 0, 1, value).Emit(Return, 0, 0, verdict);

    public BpfProgram ReturnUnless(uint value, uint verdict) => Emit(JumpIfEqual, 1, 0, value).Emit(Return, 0, 0, verdict);

    /// <summary>Runs <paramref name="body"/> only when the loaded word equals <paramref name="value"/>; the body must return.</summary>
    public BpfProgram When(uint value, Action<BpfProgram> body)
    {
        var inner = new BpfProgram();
        body(inner);
        Emit(JumpIfEqual, 0, checked((byte)(inner._code.WrittenCount / 8)), value);
        _code.Write(inner._code.WrittenSpan);
        return this;
    }

    public BpfProgram ReturnAlways(uint verdict) => Emit(Return, 0, 0, verdict);

    /// <summary>The program as <c>struct sock_filter[]</c>.</summary>
    public byte[] ToArray() => _code.WrittenSpan.ToArray();

    private BpfProgram Emit(ushort opcode, byte whenTrue, byte whenFalse, uint operand)
    {
        Span<byte> instruction = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(instruction, opcode);
        instruction[2] = whenTrue;
        instruction[3] = whenFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], operand);
        _code.Write(instruction);
        return this;
    }
}
