using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Nexus.Rewriter;

/// <summary>Method bodies of one module as text that does not depend on tokens, offsets or short forms.</summary>
internal sealed class BodyText
{
    // Cecil builds full names anew each time; the same references occur thousands of times.
    private readonly Dictionary<MemberReference, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly StringBuilder text = new();

    /// <summary>A line that names the method and stands for everything in its body.</summary>
    public string Line(MethodDefinition method)
    {
        var body = method.Body;
        body.SimplifyMacros();
        text.Clear();
        text.Append(body.InitLocals);
        foreach (var variable in body.Variables)
            text.Append(' ').Append(Name(variable.VariableType)).Append(variable.IsPinned);
        for (var i = 0; i < body.Instructions.Count; i++)
            // From here on an offset is an index, which is what branches are compared by.
            body.Instructions[i].Offset = i;
        foreach (var instruction in body.Instructions)
        {
            text.Append('\n').Append(instruction.OpCode.Name).Append(' ');
            Append(instruction.Operand);
        }
        foreach (var handler in body.ExceptionHandlers)
        {
            text.Append('\n').Append(handler.HandlerType).Append(handler.CatchType is null ? "" : Name(handler.CatchType));
            foreach (
                var at in (Instruction?[])[handler.TryStart, handler.TryEnd, handler.FilterStart, handler.HandlerStart, handler.HandlerEnd]
            )
                text.Append(' ').Append(at?.Offset ?? -1);
        }
        var hash = SHA256.HashData(MemoryMarshal.AsBytes(text.ToString().AsSpan()));
        return $"body of {method.FullName} {Convert.ToHexString(hash, 0, 8)}";
    }

    private void Append(object? operand)
    {
        switch (operand)
        {
            case null:
                break;
            case Instruction target:
                text.Append(target.Offset);
                break;
            case Instruction[] targets:
                foreach (var target in targets)
                    text.Append(target.Offset).Append(' ');
                break;
            case VariableDefinition variable:
                text.Append(variable.Index);
                break;
            case ParameterDefinition parameter:
                text.Append(parameter.Index);
                break;
            case MemberReference member:
                text.Append(Name(member));
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{operand}");
                break;
        }
    }

    private string Name(MemberReference member)
    {
        if (!names.TryGetValue(member, out var name))
        {
            var scope = member is TypeReference type ? type.GetElementType().Scope : member.DeclaringType?.GetElementType().Scope;
            names.Add(member, name = $"[{scope?.Name}]{member.FullName}");
        }
        return name;
    }
}
