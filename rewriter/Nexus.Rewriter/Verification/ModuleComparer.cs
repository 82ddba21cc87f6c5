using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Compares two modules member by member, by what each says rather than by its bytes.</summary>
/// <param name="changed">Keys of the methods whose bodies may differ.</param>
/// <param name="addedReferences">Simple names of the assemblies that the second module may reference in addition.</param>
/// <param name="replacedBases">Full names of base classes that may stand in the second module, and what stands for each in the first.</param>
internal sealed class ModuleComparer(
    IReadOnlySet<string> changed,
    IReadOnlySet<string> addedReferences,
    IReadOnlyDictionary<string, string>? replacedBases = null
)
{
    /// <summary>The first thing that differs, in words; null when nothing does.</summary>
    public string? FirstDifference(ModuleDefinition before, ModuleDefinition after)
    {
        using var left = Describe(before).GetEnumerator();
        using var right = Describe(after).GetEnumerator();
        while (left.MoveNext())
        {
            if (!right.MoveNext())
                return $"missing: {left.Current}";
            if (left.Current != right.Current)
                return $"'{left.Current}' became '{right.Current}'";
        }
        return right.MoveNext() ? $"added: {right.Current}" : null;
    }

    private IEnumerable<string> Describe(ModuleDefinition module)
    {
        var bodies = new BodyText();
        yield return $"assembly {module.Assembly.FullName} {module.Assembly.Name.Attributes}";
        yield return $"runtime {module.RuntimeVersion} entry {module.EntryPoint?.FullName}";
        foreach (var line in MemberText.Attributes(module.Assembly))
            yield return line;
        foreach (var line in MemberText.Attributes(module))
            yield return line;
        foreach (var reference in module.AssemblyReferences)
            if (!addedReferences.Contains(reference.Name))
                yield return $"reference {reference.FullName}";
        foreach (var resource in module.Resources)
            yield return MemberText.Resource(resource);
        foreach (var exported in module.ExportedTypes)
            yield return $"exported {exported.FullName} {exported.Attributes} {exported.Scope}";
        foreach (var line in module.Types.SelectMany(t => Describe(t, bodies)))
            yield return line;
    }

    private string? Base(TypeDefinition type) =>
        type.BaseType?.FullName is { } name && replacedBases?.GetValueOrDefault(name) is { } original ? original : type.BaseType?.FullName;

    private IEnumerable<string> Describe(TypeDefinition type, BodyText bodies)
    {
        foreach (var line in MemberText.Type(type, Base(type)))
            yield return line;
        foreach (var line in type.Fields.SelectMany(MemberText.Field))
            yield return line;
        foreach (var method in type.Methods)
        {
            foreach (var line in MemberText.Method(method))
                yield return line;
            if (method.HasBody && !changed.Contains(RewriteLog.Key(method)))
                yield return bodies.Line(method);
        }
        foreach (var property in type.Properties)
        {
            yield return $"property {property.FullName} {property.Attributes} {property.GetMethod?.FullName} {property.SetMethod?.FullName}";
            foreach (var line in MemberText.Attributes(property))
                yield return line;
        }
        foreach (var @event in type.Events)
        {
            yield return $"event {@event.FullName} {@event.Attributes} {@event.AddMethod?.FullName} {@event.RemoveMethod?.FullName}";
            foreach (var line in MemberText.Attributes(@event))
                yield return line;
        }
        foreach (var line in type.NestedTypes.SelectMany(t => Describe(t, bodies)))
            yield return line;
    }
}
