using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nexus.Rewriter.Tests;

/// <summary>Has the JIT compile every method: what is not valid IL throws.</summary>
internal static class Jit
{
    private const BindingFlags Everything =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static int PrepareAll(Assembly assembly)
    {
        var prepared = 0;
        foreach (var type in assembly.GetTypes())
        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            if (method.IsAbstract || method.GetMethodBody() is null)
                continue;
            var arguments = Enumerable.Repeat(
                typeof(object).TypeHandle,
                type.GetGenericArguments().Length + (method.IsGenericMethod ? method.GetGenericArguments().Length : 0)
            );
            try
            {
                if (type.ContainsGenericParameters || method.ContainsGenericParameters)
                    RuntimeHelpers.PrepareMethod(method.MethodHandle, [.. arguments]);
                else
                    RuntimeHelpers.PrepareMethod(method.MethodHandle);
                prepared++;
            }
            catch (Exception e) when (e is ArgumentException or TypeLoadException or System.Security.VerificationException)
            {
                // object does not satisfy the generic constraints; such methods are run by their tests instead.
                Assert.IsTrue(type.ContainsGenericParameters || method.ContainsGenericParameters, $"{type}.{method}: {e.Message}");
            }
        }
        return prepared;
    }
}
