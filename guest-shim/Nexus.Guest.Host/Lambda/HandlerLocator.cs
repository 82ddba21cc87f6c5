using System.Reflection;
using System.Runtime.Loader;

namespace Nexus.Guest.Host.Lambda;

/// <summary>Turns a handler's name into the method, the way Lambda's runtime looks it up.</summary>
internal sealed class HandlerLocator(HandlerName name, string taskRoot)
{
    // Private and protected handlers are allowed; each type of the hierarchy is searched by itself, most derived first.
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public Assembly LoadAssembly()
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name.Assembly));
        }
        catch (FileNotFoundException notFound)
        {
            // The same exception is thrown for a dependency of the assembly; the value must then name that one.
            var missing = notFound.FileName is { } file ? new AssemblyName(file).Name! : name.Assembly;
            var hint = NearestName.Hint(missing, AssembliesInTaskRoot());
            throw HostDiagnostics.AssemblyNotFound.With($"'{missing}' in {taskRoot}{hint}", notFound);
        }
        catch (Exception unloadable) when (unloadable is BadImageFormatException or FileLoadException)
        {
            throw HostDiagnostics.AssemblyUnloadable.With($"'{name.Assembly}': {unloadable.Message}", unloadable);
        }
    }

    public Type FindType(Assembly assembly) =>
        assembly.GetType(name.Type)
        ?? throw HostDiagnostics.TypeNotFound.With($"'{name.Type}' in {name.Assembly}{NearestName.Hint(name.Type, TypeNames(assembly))}");

    public MethodInfo FindMethod(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            try
            {
                if (current.GetMethod(name.Method, Declared) is { } method)
                {
                    return method;
                }
            }
            catch (AmbiguousMatchException)
            {
                throw HostDiagnostics.MethodAmbiguous.With($"'{name.Method}' in {type.FullName}: {Overloads(current)}");
            }
        }

        // A whole signature always holds a blank, a name never does.
        for (var current = name.Method.Contains(' ') ? type : null; current is not null; current = current.BaseType)
        {
            foreach (var method in current.GetMethods(Declared))
            {
                if (method.ToString() == name.Method)
                {
                    return method;
                }
            }
        }

        throw HostDiagnostics.MethodNotFound.With($"'{name.Method}' in {name.Type}{NearestName.Hint(name.Method, MethodNames(type))}");
    }

    private string Overloads(Type type) =>
        string.Join(", ", type.GetMethods(Declared).Where(method => method.Name == name.Method).Select(method => $"'{method}'"));

    private IEnumerable<string> AssembliesInTaskRoot() =>
        Directory.Exists(taskRoot)
            ? Directory.EnumerateFiles(taskRoot, "*.dll").Select(file => Path.GetFileNameWithoutExtension(file))
            : [];

    private static IEnumerable<string> TypeNames(Assembly assembly)
    {
        Type?[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            types = partly.Types;
        }
        return types.Where(type => type?.FullName is { } full && !full.Contains('<')).Select(type => type!.FullName!);
    }

    private static IEnumerable<string> MethodNames(Type type)
    {
        for (var current = type; current is not null && current != typeof(object); current = current.BaseType)
        {
            foreach (var method in current.GetMethods(Declared))
            {
                if (!method.IsSpecialName && !method.Name.Contains('<'))
                {
                    yield return method.Name;
                }
            }
        }
    }
}
