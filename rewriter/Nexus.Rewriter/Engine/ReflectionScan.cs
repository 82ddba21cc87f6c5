using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Nexus.Rewriter;

/// <summary>Finds places that reach a rule's method or type by name: a rewriter cannot follow them, so they are reported.</summary>
internal static class ReflectionScan
{
    private static readonly HashSet<string> Lookups = new(StringComparer.Ordinal)
    {
        "System.Type::GetMethod",
        "System.Type::GetType",
        "System.Type::GetConstructor",
        "System.Type::GetConstructors",
        "System.Type::GetMethods",
        "System.Type::InvokeMember",
        "System.Activator::CreateInstance",
        "System.Reflection.Assembly::GetType",
        "System.Reflection.Assembly::CreateInstance",
        "System.Runtime.CompilerServices.RuntimeHelpers::GetUninitializedObject",
    };

    public static void Report(IReadOnlyCollection<RewriteRule> rules, MethodDefinition method, RewriteLog log)
    {
        var lookup = method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>().FirstOrDefault(IsLookup);
        if (lookup is null)
            return;
        foreach (var rule in rules)
            if (method.Body.Instructions.Any(i => Names(rule, i)))
                log.Add(
                    RewriterDiagnostics.Reflection,
                    method.FullName,
                    $"{lookup.DeclaringType.Name}.{lookup.Name} with {rule.Type}.{rule.Method}"
                );
    }

    private static bool IsLookup(MethodReference method) => Lookups.Contains($"{method.DeclaringType.FullName}::{method.Name}");

    private static bool Names(RewriteRule rule, Instruction instruction) =>
        instruction.Operand switch
        {
            string text => text == rule.Method || text == rule.Type || text.StartsWith(rule.Type + ",", StringComparison.Ordinal),
            GenericInstanceMethod call => IsLookup(call) && call.GenericArguments.Any(a => a.FullName == rule.Type),
            TypeReference type => instruction.OpCode == OpCodes.Ldtoken && type.FullName == rule.Type,
            _ => false,
        };
}
