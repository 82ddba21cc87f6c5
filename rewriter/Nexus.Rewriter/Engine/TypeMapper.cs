using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Copies a type signature with its generic parameters replaced.</summary>
internal sealed class TypeMapper(Func<GenericParameter, TypeReference> replace)
{
    /// <exception cref="NotSupportedException">The signature holds a function pointer.</exception>
    public TypeReference Map(TypeReference type) =>
        type switch
        {
            GenericParameter parameter => replace(parameter),
            GenericInstanceType instance => MapInstance(instance),
            ArrayType array => MapArray(array),
            ByReferenceType reference => new ByReferenceType(Map(reference.ElementType)),
            PointerType pointer => new PointerType(Map(pointer.ElementType)),
            RequiredModifierType modifier => new RequiredModifierType(Map(modifier.ModifierType), Map(modifier.ElementType)),
            OptionalModifierType modifier => new OptionalModifierType(Map(modifier.ModifierType), Map(modifier.ElementType)),
            TypeSpecification other => throw new NotSupportedException(other.FullName),
            _ => type,
        };

    private GenericInstanceType MapInstance(GenericInstanceType instance)
    {
        var mapped = new GenericInstanceType(instance.ElementType);
        foreach (var argument in instance.GenericArguments)
            mapped.GenericArguments.Add(Map(argument));
        return mapped;
    }

    private ArrayType MapArray(ArrayType array)
    {
        var mapped = new ArrayType(Map(array.ElementType), array.Rank);
        if (!array.IsVector)
        {
            mapped.Dimensions.Clear();
            foreach (var dimension in array.Dimensions)
                mapped.Dimensions.Add(dimension);
        }
        return mapped;
    }
}
