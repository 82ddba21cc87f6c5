using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>The attribute that says an assembly was rewritten, and by which rules: <c>[assembly: AssemblyMetadata("Nexus.Rewritten", fingerprint)]</c>.</summary>
internal static class AssemblyMarker
{
    public const string Key = "Nexus.Rewritten";
    private const string AttributeName = "System.Reflection.AssemblyMetadataAttribute";

    /// <summary>The fingerprint of the rules the assembly was rewritten with; null when it was not.</summary>
    public static string? Read(AssemblyDefinition assembly) => Find(assembly)?.ConstructorArguments[1].Value as string;

    public static bool IsMarker(CustomAttribute attribute) =>
        attribute.AttributeType.FullName == AttributeName
        && attribute.ConstructorArguments.Count == 2
        && attribute.ConstructorArguments[0].Value as string == Key;

    public static void Write(AssemblyDefinition assembly, string fingerprint)
    {
        var module = assembly.MainModule;
        var text = module.TypeSystem.String;
        var type = new TypeReference("System.Reflection", "AssemblyMetadataAttribute", module, module.TypeSystem.CoreLibrary);
        var constructor = new MethodReference(".ctor", module.TypeSystem.Void, type) { HasThis = true };
        constructor.Parameters.Add(new ParameterDefinition(text));
        constructor.Parameters.Add(new ParameterDefinition(text));
        var attribute = new CustomAttribute(constructor);
        attribute.ConstructorArguments.Add(new CustomAttributeArgument(text, Key));
        attribute.ConstructorArguments.Add(new CustomAttributeArgument(text, fingerprint));
        assembly.CustomAttributes.Add(attribute);
    }

    private static CustomAttribute? Find(AssemblyDefinition assembly) =>
        assembly.HasCustomAttributes ? assembly.CustomAttributes.FirstOrDefault(IsMarker) : null;
}
