using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Nexus.Rewriter;

/// <summary>Method bodies as text that does not depend on tokens, offsets or short forms.</summary>
internal static class BodyText
{
    public static IEnumerable<string> Lines(MethodDefinition method)
    {
        var body = method.Body;
        body.SimplifyMacros();
        yield return $"body of {method.FullName} init {body.InitLocals} {string.Join(",", body.Variables.Select(v => v.VariableType.FullName))}";
        var index = new Dictionary<Instruction, int>(body.Instructions.Count);
        foreach (var instruction in body.Instructions)
            index.Add(instruction, index.Count);
        foreach (var instruction in body.Instructions)
            yield return $"{method.Name} {index[instruction]}: {instruction.OpCode.Name} {Operand(instruction.Operand, index)}";
        foreach (var handler in body.ExceptionHandlers)
            yield return $"{method.Name} {handler.HandlerType} {At(handler.TryStart, index)}-{At(handler.TryEnd, index)} "
                + $"{At(handler.FilterStart, index)} {At(handler.HandlerStart, index)}-{At(handler.HandlerEnd, index)} {handler.CatchType?.FullName}";
    }

    private static string Operand(object? operand, Dictionary<Instruction, int> index) =>
        operand switch
        {
            null => "",
            Instruction target => At(target, index),
            Instruction[] targets => string.Join(",", targets.Select(t => At(t, index))),
            VariableDefinition variable => $"local {variable.Index}",
            ParameterDefinition parameter => $"argument {parameter.Index}",
            MethodReference reference => $"{Scope(reference.DeclaringType)} {reference.FullName}",
            MemberReference member => member.FullName,
            IConvertible number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => operand.ToString() ?? "",
        };

    private static string Scope(TypeReference type) => type.GetElementType().Scope?.Name ?? "";

    private static string At(Instruction? instruction, Dictionary<Instruction, int> index) =>
        instruction is null ? "-" : index[instruction].ToString(System.Globalization.CultureInfo.InvariantCulture);
}
