using System.Security.Cryptography;
using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Members as text: everything that metadata says about them.</summary>
internal static class MemberText
{
    public static IEnumerable<string> Type(TypeDefinition type, string? baseType)
    {
        yield return $"type {type.FullName} {type.Attributes} : {baseType} {type.PackingSize} {type.ClassSize}";
        foreach (var implemented in type.Interfaces)
        {
            yield return $"interface {implemented.InterfaceType.FullName}";
            foreach (var line in Attributes(implemented))
                yield return line;
        }
        foreach (var line in Generics(type).Concat(Attributes(type)).Concat(Security(type)))
            yield return line;
    }

    public static IEnumerable<string> Field(FieldDefinition field)
    {
        yield return $"field {field.FullName} {field.Attributes} {field.Offset} {Constant(field)} {Hash(field.InitialValue)} {field.MarshalInfo?.NativeType}";
        foreach (var line in Attributes(field))
            yield return line;
    }

    public static IEnumerable<string> Method(MethodDefinition method)
    {
        yield return $"method {method.FullName} {method.Attributes} {method.ImplAttributes} {method.CallingConvention} {method.HasThis} {method.HasBody}";
        if (method.PInvokeInfo is { } native)
            yield return $"native {native.Module?.Name} {native.EntryPoint} {native.Attributes}";
        foreach (var overridden in method.Overrides)
            yield return $"overrides {overridden.FullName}";
        foreach (var parameter in method.Parameters)
        {
            yield return $"parameter {parameter.Name} {parameter.Attributes} {parameter.ParameterType.FullName} {Constant(parameter)} {parameter.MarshalInfo?.NativeType}";
            foreach (var line in Attributes(parameter))
                yield return line;
        }
        foreach (var line in Attributes(method.MethodReturnType))
            yield return line;
        foreach (var line in Generics(method).Concat(Attributes(method)).Concat(Security(method)))
            yield return line;
    }

    public static IEnumerable<string> Attributes(ICustomAttributeProvider provider) =>
        provider.HasCustomAttributes
            ? provider
                .CustomAttributes.Where(a => !AssemblyMarker.IsMarker(a))
                .Select(a => $"attribute {a.Constructor.FullName} {Convert.ToHexString(a.GetBlob())}")
            : [];

    public static string Resource(Resource resource) =>
        $"resource {resource.Name} {resource.Attributes} {(resource is EmbeddedResource embedded ? Hash(embedded.GetResourceData()) : "linked")}";

    private static IEnumerable<string> Generics(IGenericParameterProvider provider)
    {
        if (!provider.HasGenericParameters)
            yield break;
        foreach (var parameter in provider.GenericParameters)
        {
            yield return $"generic {parameter.Name} {parameter.Attributes}";
            foreach (var constraint in parameter.Constraints)
                yield return $"constraint {constraint.ConstraintType.FullName}";
            foreach (var line in Attributes(parameter))
                yield return line;
        }
    }

    private static IEnumerable<string> Security(ISecurityDeclarationProvider provider) =>
        provider.HasSecurityDeclarations ? provider.SecurityDeclarations.Select(d => $"security {d.Action} {Hash(d.GetBlob())}") : [];

    private static string Constant(IConstantProvider provider) => provider.HasConstant ? $"= {provider.Constant ?? "null"}" : "";

    private static string Hash(byte[]? data) => data is null ? "" : Convert.ToHexString(SHA256.HashData(data))[..16];
}
