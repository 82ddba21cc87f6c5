using Mono.Cecil.Cil;

namespace Nexus.Rewriter;

/// <summary>Replaces instructions in place, so that branches, handlers and sequence points that point at the old ones point at the new ones.</summary>
internal static class InstructionEditor
{
    /// <summary>Puts <paramref name="replacement"/> where <paramref name="first"/> to <paramref name="last"/> stand.</summary>
    public static void Replace(ILProcessor il, Instruction first, Instruction last, IReadOnlyList<Instruction> replacement)
    {
        for (var next = first; next != last; )
        {
            next = first.Next;
            il.Remove(next);
        }
        first.OpCode = replacement[0].OpCode;
        first.Operand = replacement[0].Operand;
        var at = first;
        foreach (var instruction in replacement.Skip(1))
        {
            il.InsertAfter(at, instruction);
            at = instruction;
        }
    }

    /// <summary>The first of the prefixes (<c>constrained.</c>, <c>tail.</c>, ...) that belong to an instruction, or itself.</summary>
    public static Instruction WithPrefixes(Instruction instruction)
    {
        while (instruction.Previous is { OpCode.OpCodeType: OpCodeType.Prefix } previous)
            instruction = previous;
        return instruction;
    }
}
