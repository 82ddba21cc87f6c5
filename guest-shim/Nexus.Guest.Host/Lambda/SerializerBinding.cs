using System.Reflection;

namespace Nexus.Guest.Host.Lambda;

/// <summary>Makes the serializer that a <c>LambdaSerializerAttribute</c> on the method, else on the assembly, names.</summary>
internal static class SerializerBinding
{
    public const string InterfaceName = "Amazon.Lambda.Core.ILambdaSerializer";
    private const string AttributeName = "Amazon.Lambda.Core.LambdaSerializerAttribute";

    /// <summary>The serializer, or null when no attribute is there.</summary>
    public static object? Create(MethodInfo method, Assembly assembly)
    {
        var data = Find(method.GetCustomAttributesData()) ?? Find(assembly.GetCustomAttributesData());
        if (data is null)
        {
            return null;
        }
        if (SerializerTypeOf(data) is not { } type)
        {
            throw HostDiagnostics.SerializerTypeNotSet.With(data.ToString());
        }
        var constructor =
            type.GetConstructor(Type.EmptyTypes) ?? throw HostDiagnostics.SerializerWithoutConstructor.With($"'{type.FullName}'");
        if (type.GetInterface(InterfaceName) is null)
        {
            throw HostDiagnostics.SerializerNotASerializer.With($"'{type.FullName}'");
        }
        return constructor.Invoke(null);
    }

    // Attribute data instead of attributes: other attributes of the assembly are then neither loaded nor constructed.
    private static CustomAttributeData? Find(IList<CustomAttributeData> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.AttributeType.FullName == AttributeName)
            {
                return attribute;
            }
        }
        return null;
    }

    private static Type? SerializerTypeOf(CustomAttributeData data)
    {
        foreach (var named in data.NamedArguments)
        {
            if (named.MemberName == "SerializerType")
            {
                return named.TypedValue.Value as Type;
            }
        }
        return data.ConstructorArguments.Count > 0 ? data.ConstructorArguments[0].Value as Type : null;
    }
}
