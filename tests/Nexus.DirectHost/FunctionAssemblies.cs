using System.Reflection;
using System.Runtime.Loader;

namespace Nexus.DirectHost;

/// <summary>Lets the function's assemblies be found by its own <c>deps.json</c>, in the default context as on Lambda.</summary>
internal static class FunctionAssemblies
{
    public static void ResolveFrom(string folder, string assembly)
    {
        var resolver = new AssemblyDependencyResolver(Path.Combine(folder, assembly + ".dll"));
        AssemblyLoadContext.Default.Resolving += (context, name) => Load(context, resolver.ResolveAssemblyToPath(name));
    }

    private static Assembly? Load(AssemblyLoadContext context, string? path) => path is null ? null : context.LoadFromAssemblyPath(path);
}
