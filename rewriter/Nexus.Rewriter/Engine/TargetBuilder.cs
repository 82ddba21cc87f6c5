using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Makes the references to the guest's static methods: signatures follow from the method that is hooked.</summary>
internal sealed class TargetBuilder(ModuleDefinition module)
{
    private const string GuestAssembly = "Nexus.Guest";
    private MethodReference? hit;
    private MethodReference? diverts;

    /// <summary><c>static void Nexus.Guest.RuleCounters.Hit(int)</c>.</summary>
    public MethodReference Hit
    {
        get
        {
            if (hit is null)
            {
                hit = new MethodReference("Hit", module.TypeSystem.Void, Type(GuestAssembly, "Nexus.Guest.RuleCounters"));
                hit.Parameters.Add(new ParameterDefinition(module.TypeSystem.Int32));
            }
            return hit;
        }
    }

    /// <summary><c>static bool Nexus.Guest.RuleCounters.Diverts(int)</c>.</summary>
    public MethodReference Diverts
    {
        get
        {
            if (diverts is null)
            {
                diverts = new MethodReference("Diverts", module.TypeSystem.Boolean, Type(GuestAssembly, "Nexus.Guest.RuleCounters"));
                diverts.Parameters.Add(new ParameterDefinition(module.TypeSystem.Int32));
            }
            return diverts;
        }
    }

    /// <summary>
    /// The rule's target for <paramref name="source"/>. A generic declaring type's parameters come first, the method's own after them:
    /// <c>G&lt;T&gt;.M&lt;U&gt;</c> becomes <c>Target&lt;T, U&gt;</c>.
    /// </summary>
    /// <param name="rule">Names the target.</param>
    /// <param name="source">The hooked method, as a definition or as a call site's reference.</param>
    /// <param name="shape">Result and parameters of the target.</param>
    public MethodReference Target(RewriteRule rule, MethodReference source, TargetShape shape)
    {
        var open = new MethodReference(rule.TargetMethod, module.TypeSystem.Void, Type(rule.TargetAssembly, rule.TargetType));
        var outer = source.DeclaringType.GetElementType().GenericParameters.Count;
        var element = source.GetElementMethod();
        for (var i = 0; i < outer + element.GenericParameters.Count; i++)
            open.GenericParameters.Add(new GenericParameter("T" + i, open));

        var mapper = new TypeMapper(p => open.GenericParameters[p.Type == GenericParameterType.Type ? p.Position : outer + p.Position]);
        var self = SelfType(source.DeclaringType, outer, open);
        open.ReturnType = shape.Result switch
        {
            TargetResult.Nothing => module.TypeSystem.Void,
            TargetResult.SameAsSource => mapper.Map(source.ReturnType),
            _ => self,
        };
        if (shape.TakesResult)
            open.Parameters.Add(new ParameterDefinition(mapper.Map(source.ReturnType)));
        if (shape.TakesReceiver)
            open.Parameters.Add(new ParameterDefinition(self.IsValueType ? new ByReferenceType(self) : self));
        if (shape.TakesParameters)
            foreach (var parameter in source.Parameters)
                open.Parameters.Add(new ParameterDefinition(mapper.Map(parameter.ParameterType)));

        var arguments = GenericArguments(source);
        if (arguments.Count == 0)
            return open;
        var closed = new GenericInstanceMethod(open);
        foreach (var argument in arguments)
            closed.GenericArguments.Add(argument);
        return closed;
    }

    /// <summary><c>static R M(R)</c> for what <paramref name="source"/> returns; null when that depends on type parameters.</summary>
    public MethodReference? Filter(RewriteRule rule, MethodReference source)
    {
        var result = source.GetElementMethod().ReturnType;
        if (result.ContainsGenericParameter || result.MetadataType is MetadataType.Void)
            return null;
        var target = new MethodReference(rule.TargetMethod, result, Type(rule.TargetAssembly, rule.TargetType));
        target.Parameters.Add(new ParameterDefinition(result));
        return target;
    }

    /// <summary><c>static void M()</c>, whatever the method it is called from looks like.</summary>
    public MethodReference Plain(RewriteRule rule) =>
        new(rule.TargetMethod, module.TypeSystem.Void, Type(rule.TargetAssembly, rule.TargetType));

    /// <summary>The rule's target as a type.</summary>
    public TypeReference TargetType(RewriteRule rule) => Type(rule.TargetAssembly, rule.TargetType);

    /// <summary>What the generic parameters of a method and its declaring type stand for where it is used.</summary>
    public static List<TypeReference> GenericArguments(MethodReference source)
    {
        var arguments = new List<TypeReference>();
        if (source.DeclaringType is GenericInstanceType type)
            arguments.AddRange(type.GenericArguments);
        else
            arguments.AddRange(source.DeclaringType.GenericParameters);
        if (source is GenericInstanceMethod method)
            arguments.AddRange(method.GenericArguments);
        else
            arguments.AddRange(source.GenericParameters);
        return arguments;
    }

    private static TypeReference SelfType(TypeReference declaring, int outer, MethodReference open)
    {
        var element = declaring.GetElementType();
        if (outer == 0)
            return element;
        var self = new GenericInstanceType(element);
        for (var i = 0; i < outer; i++)
            self.GenericArguments.Add(open.GenericParameters[i]);
        return self;
    }

    private TypeReference Type(string assembly, string fullName)
    {
        var scope = module.AssemblyReferences.FirstOrDefault(r => r.Name == assembly);
        if (scope is null)
        {
            // Version 0.0.0.0 is satisfied by every version, so the output does not depend on the guest that happens to be installed.
            scope = new AssemblyNameReference(assembly, new Version(0, 0, 0, 0));
            module.AssemblyReferences.Add(scope);
        }
        var dot = fullName.LastIndexOf('.');
        return new TypeReference(dot < 0 ? "" : fullName[..dot], fullName[(dot + 1)..], module, scope);
    }
}
