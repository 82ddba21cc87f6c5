using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Nexus.Rewriter;

/// <summary>The kinds of rules that change the named method itself.</summary>
internal sealed class MethodHooks(TargetBuilder targets)
{
    /// <summary>Whether the method has a shape that the rule can change.</summary>
    public static bool Fits(RewriteRule rule, MethodDefinition method) =>
        method.HasBody
        && rule.Kind switch
        {
            RewriteKind.ReplaceBody => !method.IsConstructor,
            RewriteKind.Divert => !method.IsConstructor || AfterBaseCall(method) is not null,
            RewriteKind.WrapReturn => method.ReturnType.MetadataType is not MetadataType.Void,
            // Before the base constructor ran, 'this' may not be handed out.
            _ => !(method.IsConstructor && rule.Arguments is not RuleArguments.None),
        };

    public void Apply(RewriteRule rule, MethodDefinition method)
    {
        var body = method.Body;
        body.SimplifyMacros();
        var target =
            rule.Kind is RewriteKind.CallAtStart
                ? targets.Plain(rule)
                : targets.Target(rule, method, TargetShape.For(rule, method.HasThis));
        switch (rule.Kind)
        {
            case RewriteKind.CallBefore:
            case RewriteKind.CallAtStart:
                CallBefore(rule, method, target);
                break;
            case RewriteKind.ReplaceBody:
                ReplaceBody(rule, method, target);
                break;
            case RewriteKind.Divert:
                Divert(rule, method, target);
                break;
            default:
                WrapReturns(rule, method, target);
                break;
        }
        body.OptimizeMacros();
    }

    private static IEnumerable<Instruction> LoadArguments(RuleArguments arguments, MethodDefinition method)
    {
        if (arguments is RuleArguments.None)
            yield break;
        if (method.HasThis)
            yield return Instruction.Create(OpCodes.Ldarg, method.Body.ThisParameter);
        if (arguments is RuleArguments.All)
            foreach (var parameter in method.Parameters)
                yield return Instruction.Create(OpCodes.Ldarg, parameter);
    }

    private IEnumerable<Instruction> CountHit(RewriteRule rule)
    {
        yield return Instruction.Create(OpCodes.Ldc_I4, rule.Number);
        yield return Instruction.Create(OpCodes.Call, targets.Hit);
    }

    private void CallBefore(RewriteRule rule, MethodDefinition method, MethodReference target)
    {
        var il = method.Body.GetILProcessor();
        var start = method.Body.Instructions[0];
        foreach (var instruction in CountHit(rule).Concat(LoadArguments(rule.Arguments, method)))
            il.InsertBefore(start, instruction);
        il.InsertBefore(start, Instruction.Create(OpCodes.Call, target));
    }

    private void ReplaceBody(RewriteRule rule, MethodDefinition method, MethodReference target)
    {
        var body = new MethodBody(method);
        method.Body = body;
        method.DebugInformation.SequencePoints.Clear();
        method.DebugInformation.Scope = null;
        method.CustomDebugInformations.Clear();
        var il = body.GetILProcessor();
        foreach (var instruction in CountHit(rule).Concat(LoadArguments(RuleArguments.All, method)))
            il.Append(instruction);
        il.Emit(OpCodes.Call, target);
        il.Emit(OpCodes.Ret);
    }

    private void Divert(RewriteRule rule, MethodDefinition method, MethodReference target)
    {
        var il = method.Body.GetILProcessor();
        var original = method.IsConstructor ? AfterBaseCall(method)! : method.Body.Instructions[0];
        foreach (
            var instruction in (IEnumerable<Instruction>)
                [
                    Instruction.Create(OpCodes.Ldc_I4, rule.Number),
                    Instruction.Create(OpCodes.Call, targets.Diverts),
                    Instruction.Create(OpCodes.Brfalse, original),
                    .. LoadArguments(RuleArguments.All, method),
                    Instruction.Create(OpCodes.Call, target),
                    Instruction.Create(OpCodes.Ret),
                ]
        )
            il.InsertBefore(original, instruction);
    }

    /// <summary>The first instruction of a constructor at which the object may be used; null when there is no telling.</summary>
    private static Instruction? AfterBaseCall(MethodDefinition constructor) =>
        constructor
            .Body.Instructions.TakeWhile(static i => i.OpCode.FlowControl is not (FlowControl.Branch or FlowControl.Cond_Branch))
            .FirstOrDefault(i =>
                i.OpCode == OpCodes.Call
                && i.Operand is MethodReference { Name: ".ctor" } called
                && called.DeclaringType.FullName == constructor.DeclaringType.BaseType.FullName
            )
            ?.Next;

    private void WrapReturns(RewriteRule rule, MethodDefinition method, MethodReference target)
    {
        var il = method.Body.GetILProcessor();
        foreach (var ret in method.Body.Instructions.Where(i => i.OpCode == OpCodes.Ret).ToList())
        {
            // A tail call must be followed by its ret, which it no longer is.
            if (ret.Previous is { } call && InstructionEditor.WithPrefixes(call) is { OpCode.Code: Code.Tail } tail)
            {
                tail.OpCode = OpCodes.Nop;
                tail.Operand = null;
            }
            InstructionEditor.Replace(
                il,
                ret,
                ret,
                [
                    .. CountHit(rule),
                    .. LoadArguments(rule.Arguments, method),
                    Instruction.Create(OpCodes.Call, target),
                    Instruction.Create(OpCodes.Ret),
                ]
            );
        }
    }
}
