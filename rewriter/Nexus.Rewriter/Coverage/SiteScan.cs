using Mono.Cecil;
using Mono.Cecil.Cil;
using Nexus.Diagnostics;

namespace Nexus.Rewriter;

/// <summary>Looks through the bodies of one assembly for network use that no rule covers.</summary>
internal sealed class SiteScan(SiteMatcher matcher, RewriteLog log)
{
    public void Run(ModuleDefinition module)
    {
        foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
        foreach (var instruction in method.Body.Instructions)
            if (instruction.Operand is MethodReference callee)
                Look(method, instruction, callee);
    }

    private void Look(MethodDefinition method, Instruction instruction, MethodReference callee)
    {
        if (matcher.Match(callee) is { Offloads: true })
            return;
        var type = callee.DeclaringType.GetElementType().FullName;
        var constructs = instruction.OpCode == OpCodes.Newobj;
        if (KnownNetwork.Types.TryGetValue(type, out var why) && (constructs || !callee.HasThis))
            Report(RewriterDiagnostics.NotCovered, method, $"{callee.DeclaringType.Name}{(constructs ? "" : "." + callee.Name)}: {why}");
        else if (KnownNetwork.PresigningMethods.Contains(callee.Name) && type.StartsWith("Amazon.", StringComparison.Ordinal))
            Report(RewriterDiagnostics.Presigning, method, $"{callee.DeclaringType.Name}.{callee.Name}");
        else if (constructs && (KnownNetwork.Credentials.Contains(type) || TakesKeys(callee, type)))
            Report(RewriterDiagnostics.CredentialsInCode, method, $"new {callee.DeclaringType.Name}");
    }

    /// <summary><c>new AmazonS3Client(accessKey, secretKey, ...)</c>.</summary>
    private static bool TakesKeys(MethodReference constructor, string type) =>
        type.StartsWith("Amazon.", StringComparison.Ordinal)
        && type.EndsWith("Client", StringComparison.Ordinal)
        && constructor.Parameters.Count >= 2
        && constructor.Parameters.Take(2).All(p => p.ParameterType.MetadataType is MetadataType.String);

    private void Report(Diagnostic diagnostic, MethodDefinition method, string message) => log.Add(diagnostic, method.FullName, message);
}
