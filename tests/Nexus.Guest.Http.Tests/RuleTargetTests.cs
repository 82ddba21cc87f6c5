using System.Reflection;
using Nexus.Rewriter;

namespace Nexus.Guest.Http.Tests;

/// <summary>A rule without parameters stands for every overload of its method: one without a target would be a missing method when a function calls it.</summary>
[TestClass]
public sealed class RuleTargetTests
{
    private static readonly Assembly s_guest = typeof(SocketInterception).Assembly;

    public static IEnumerable<object[]> Rules =>
        RuleSet
            .Default.Rules.Where(static rule =>
                rule.TargetAssembly == s_guest.GetName().Name && rule.Kind is RewriteKind.ReplaceCall or RewriteKind.ReplaceNew
            )
            .Select(static rule => new object[] { rule.Id });

    [TestMethod]
    [DynamicData(nameof(Rules))]
    public void Rule_OfTheSharedFramework_HasATargetForEveryOverload(string id)
    {
        var rule = RuleSet.Default.Rules.Single(rule => rule.Id == id);
        var source = Assembly.Load(rule.Assembly).GetType(rule.Type, throwOnError: true)!;
        var overloads = source
            .GetMember(
                rule.Method,
                MemberTypes.Constructor | MemberTypes.Method,
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static
            )
            .Cast<MethodBase>()
            .ToList();
        var target = s_guest.GetType(rule.TargetType, throwOnError: true)!;

        var missing = overloads.Where(overload =>
            target.GetMethod(rule.TargetMethod, Parameters(overload)) is not { } method || method.ReturnType != Result(overload)
        );

        Assert.IsNotEmpty(overloads);
        Assert.IsEmpty(missing.Select(static overload => $"{overload}"));
    }

    private static Type[] Parameters(MethodBase overload)
    {
        var parameters = overload.GetParameters().Select(static parameter => parameter.ParameterType);
        return [.. overload is MethodInfo { IsStatic: false } ? parameters.Prepend(overload.DeclaringType!) : parameters];
    }

    private static Type Result(MethodBase overload) => overload is MethodInfo method ? method.ReturnType : overload.DeclaringType!;
}
