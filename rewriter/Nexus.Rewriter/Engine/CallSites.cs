using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Nexus.Rewriter;

/// <summary>The kinds of rules that change whoever calls the named method: calls, delegates to it, constructions.</summary>
internal sealed class CallSites(ModuleDefinition module, TargetBuilder targets, SiteMatcher matcher, RewriteLog log)
{
    private static readonly OpCode[] Handled =
    [
        OpCodes.Call,
        OpCodes.Callvirt,
        OpCodes.Newobj,
        OpCodes.Ldftn,
        OpCodes.Ldvirtftn,
        OpCodes.Ldtoken,
    ];

    /// <summary>Rewrites the sites in one method.</summary>
    public void Apply(MethodDefinition method)
    {
        var sites = method
            .Body.Instructions.Where(i => i.Operand is MethodReference && Handled.Contains(i.OpCode))
            .Select(i => (Instruction: i, Rule: matcher.Match((MethodReference)i.Operand)))
            .Where(s => s.Rule is not null)
            .ToList();
        if (sites.Count == 0)
            return;
        method.Body.SimplifyMacros();
        foreach (var (instruction, rule) in sites)
        {
            if (Refusal(rule!, method, instruction) is { } why)
            {
                log.NotRewritable(rule!, method, why);
                continue;
            }
            Rewrite(rule!, method, instruction);
            log.Applied(rule!, method);
        }
        method.Body.OptimizeMacros();
    }

    private string? Refusal(RewriteRule rule, MethodDefinition method, Instruction site)
    {
        var callee = (MethodReference)site.Operand;
        if (rule.Kind is RewriteKind.WrapCall)
            return site.OpCode == OpCodes.Ldftn || site.OpCode == OpCodes.Ldvirtftn || site.OpCode == OpCodes.Ldtoken
                    ? $"{callee.Name} is not called here but handed on"
                : targets.Filter(rule, callee) is null ? $"{callee.Name} returns nothing that can be wrapped"
                : null;
        if (site.OpCode == OpCodes.Ldtoken)
            return $"a token of {callee.Name} is used, as in expression trees";
        if (rule.Kind is RewriteKind.ReplaceNew)
            return site.OpCode == OpCodes.Newobj ? null : $"{method.DeclaringType.FullName} derives from {rule.Type}";
        if (site.OpCode == OpCodes.Newobj)
            return "a constructor is not a method call";
        if (callee.Parameters.Any(p => p.ParameterType is FunctionPointerType))
            return $"{callee.Name} takes a function pointer";
        if (Constrained(site) is { IsGenericParameter: false, IsValueType: true } value)
            return $"the receiver is a value of {value.FullName}, which would be copied";
        if (site.OpCode == OpCodes.Call && callee.HasThis && IsBaseCall(method, callee))
            return $"it is a base call of {callee.Name} in a derived class";
        return callee.DeclaringType.IsValueType && site.OpCode is { Code: Code.Ldftn }
            ? $"a delegate to {callee.Name} holds a boxed value"
            : null;
    }

    private static TypeReference? Constrained(Instruction site)
    {
        for (var i = site.Previous; i is { OpCode.OpCodeType: OpCodeType.Prefix }; i = i.Previous)
            if (i.OpCode == OpCodes.Constrained)
                return (TypeReference)i.Operand;
        return null;
    }

    /// <summary>A non-virtual call of a virtual method from a class below it: a replacement would call back into the override.</summary>
    private static bool IsBaseCall(MethodDefinition caller, MethodReference callee)
    {
        for (var type = caller.DeclaringType; type is not null; type = type.DeclaringType)
            if (type.BaseType is { } parent && InheritsFrom(parent, callee.DeclaringType.GetElementType().FullName))
                return true;
        return false;
    }

    private static bool InheritsFrom(TypeReference type, string ancestor)
    {
        try
        {
            for (var at = type; at is not null; at = at.Resolve()?.BaseType)
                if (at.GetElementType().FullName == ancestor)
                    return true;
        }
        catch (AssemblyResolutionException)
        {
            return false;
        }
        return false;
    }

    private void Rewrite(RewriteRule rule, MethodDefinition method, Instruction site)
    {
        var callee = (MethodReference)site.Operand;
        if (rule.Kind is RewriteKind.WrapCall)
        {
            Wrap(rule, method, site);
            return;
        }

        var target = targets.Target(rule, callee, TargetShape.For(rule, callee.HasThis));
        var replacement = CountHit(rule);
        if (site.OpCode == OpCodes.Ldftn || site.OpCode == OpCodes.Ldvirtftn)
        {
            // A delegate to a static method may be closed over its first argument: the receiver, already on the stack, becomes that.
            if (site.OpCode == OpCodes.Ldvirtftn)
                replacement.Add(Instruction.Create(OpCodes.Pop));
            replacement.Add(Instruction.Create(OpCodes.Ldftn, target));
        }
        else
        {
            if (Constrained(site) is { } receiver)
                replacement.AddRange(BoxReceiver(method, callee, receiver));
            replacement.Add(Instruction.Create(OpCodes.Call, target));
        }
        InstructionEditor.Replace(method.Body.GetILProcessor(), InstructionEditor.WithPrefixes(site), site, replacement);
    }

    private List<Instruction> CountHit(RewriteRule rule) =>
        [Instruction.Create(OpCodes.Ldc_I4, rule.Number), Instruction.Create(OpCodes.Call, targets.Hit)];

    /// <summary>The call stays, and what it returns goes on to the target.</summary>
    private void Wrap(RewriteRule rule, MethodDefinition method, Instruction site)
    {
        var first = InstructionEditor.WithPrefixes(site);
        var replacement = new List<Instruction>();
        for (var i = first; i != site; i = i.Next)
            // A tail call must be followed by its ret, which it no longer is.
            if (i.OpCode != OpCodes.Tail)
                replacement.Add(i.Operand is TypeReference type ? Instruction.Create(i.OpCode, type) : Instruction.Create(i.OpCode));
        replacement.Add(Instruction.Create(site.OpCode, (MethodReference)site.Operand));
        replacement.AddRange(CountHit(rule));
        replacement.Add(Instruction.Create(OpCodes.Call, targets.Filter(rule, (MethodReference)site.Operand)));
        InstructionEditor.Replace(method.Body.GetILProcessor(), first, site, replacement);
    }

    /// <summary>A constrained call has a managed pointer under its arguments where the static target expects an object.</summary>
    private List<Instruction> BoxReceiver(MethodDefinition method, MethodReference callee, TypeReference receiver)
    {
        var arguments = TargetBuilder.GenericArguments(callee);
        var outer = callee.DeclaringType.GetElementType().GenericParameters.Count;
        var mapper = new TypeMapper(p => arguments[p.Type == GenericParameterType.Type ? p.Position : outer + p.Position]);
        var instructions = new List<Instruction>();
        var spilled = callee
            .Parameters.Select(p => new VariableDefinition(module.ImportReference(mapper.Map(p.ParameterType), method)))
            .ToList();
        foreach (var variable in spilled)
            method.Body.Variables.Add(variable);
        foreach (var variable in Enumerable.Reverse(spilled))
            instructions.Add(Instruction.Create(OpCodes.Stloc, variable));
        instructions.Add(Instruction.Create(OpCodes.Ldobj, receiver));
        instructions.Add(Instruction.Create(OpCodes.Box, receiver));
        foreach (var variable in spilled)
            instructions.Add(Instruction.Create(OpCodes.Ldloc, variable));
        return instructions;
    }
}
