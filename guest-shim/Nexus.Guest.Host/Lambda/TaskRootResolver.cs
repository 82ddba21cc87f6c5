using System.Reflection;
using System.Runtime.Loader;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// Finds in the function's folder what the runtime's own list lacks: a folder published without a deps.json, or an assembly that
/// only a plug-in mechanism asks for. It is asked last, so it never overrides that list.
/// </summary>
internal static class TaskRootResolver
{
    private static string? s_root;

    public static void Install(string taskRoot)
    {
        if (Interlocked.Exchange(ref s_root, taskRoot) is null)
        {
            AssemblyLoadContext.Default.Resolving += Resolve;
        }
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        var file = Path.Join(s_root, $"{name.Name}.dll");
        return File.Exists(file) ? context.LoadFromAssemblyPath(Path.GetFullPath(file)) : null;
    }
}
