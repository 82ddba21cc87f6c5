using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nexus.Guest.Host.Lambda;

/// <summary>What Lambda refuses as a handler, checked before anything of the function runs.</summary>
internal static class HandlerRules
{
    private const string ContextName = "Amazon.Lambda.Core.ILambdaContext";

    public static void CheckMethod(MethodInfo method)
    {
        var shown = $"'{method}'";
        if (method.IsAbstract)
        {
            throw HostDiagnostics.MethodAbstract.With(shown);
        }
        if (method.IsGenericMethod)
        {
            throw HostDiagnostics.MethodGeneric.With(shown);
        }
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
        {
            throw HostDiagnostics.MethodAsyncVoid.With(shown);
        }

        var parameters = method.GetParameters();
        var hasParams = parameters.Length > 0 && parameters[^1].IsDefined(typeof(ParamArrayAttribute), inherit: false);
        if (hasParams || (method.CallingConvention & CallingConventions.VarArgs) != 0)
        {
            throw HostDiagnostics.MethodVariableArguments.With(shown);
        }
        if (parameters.Length > 2)
        {
            throw HostDiagnostics.MethodTooManyParameters.With(shown);
        }
        if (parameters.Length == 2 && !IsContext(parameters[1].ParameterType))
        {
            throw HostDiagnostics.SecondParameterNotContext.With($"{shown}, {parameters[1].ParameterType}");
        }
        if (Array.Exists(parameters, parameter => !IsPassable(parameter.ParameterType)) || !IsPassable(method.ReturnType))
        {
            throw HostDiagnostics.ParameterUnsupported.With(shown);
        }
    }

    public static void CheckType(Type type, MethodInfo method)
    {
        if (type.IsGenericType)
        {
            throw HostDiagnostics.TypeGeneric.With($"'{type.FullName}'");
        }
        if (type.IsInterface || type.IsEnum || type.IsPrimitive)
        {
            throw HostDiagnostics.TypeNotClassOrStruct.With($"'{type.FullName}'");
        }
        if (method.IsStatic)
        {
            return;
        }
        if (type.IsAbstract)
        {
            throw HostDiagnostics.TypeAbstract.With($"'{method}' of '{type.FullName}'");
        }
        if (!type.IsValueType && type.GetConstructor(Type.EmptyTypes) is null)
        {
            throw HostDiagnostics.TypeWithoutConstructor.With($"'{type.FullName}'");
        }
    }

    /// <summary>By name, because the interface is the function's own.</summary>
    public static bool IsContext(Type type) => type.FullName == ContextName;

    private static bool IsPassable(Type type) => !type.IsByRef && !type.IsPointer && !type.IsByRefLike;
}
