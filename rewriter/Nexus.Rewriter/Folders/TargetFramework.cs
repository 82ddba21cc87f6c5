using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>The framework an assembly says it was built for.</summary>
internal static class TargetFramework
{
    private static readonly Version Oldest = new(8, 0);

    /// <summary>For example 9.0; 8.0 for .NET Standard, older frameworks and assemblies that do not say.</summary>
    public static Version VersionOf(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { InMemory = true });
        var moniker =
            module
                .Assembly.CustomAttributes.FirstOrDefault(a =>
                    a.AttributeType.FullName == "System.Runtime.Versioning.TargetFrameworkAttribute"
                )
                ?.ConstructorArguments[0]
                .Value as string;
        const string prefix = ".NETCoreApp,Version=v";
        return
            moniker is not null
            && moniker.StartsWith(prefix, StringComparison.Ordinal)
            && Version.TryParse(moniker[prefix.Length..], out var v)
            && v > Oldest
            ? v
            : Oldest;
    }
}
