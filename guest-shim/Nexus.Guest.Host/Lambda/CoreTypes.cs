using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// Puts the interfaces of the function's own <c>Amazon.Lambda.Core</c> on our values. A compiled class does it at the price of
/// loading a type; only for a version with members that neither this project knew nor the interface implements itself is a
/// proxy generated (docs/decisions/0005-function-host.md has the measurement).
/// </summary>
internal static class CoreTypes
{
    // A class that failed to load fails again every time, at the price of an exception.
    private static bool s_useProxies;

    /// <summary>The value as an instance of the interface; null stays null.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public static object? Adapt(Type contract, object? value)
    {
        if (value is null || contract.IsInstanceOfType(value))
        {
            return value;
        }
        if (!s_useProxies)
        {
            try
            {
                return Compiled(value);
            }
            catch (TypeLoadException)
            {
                s_useProxies = true;
            }
        }
        return Proxied(contract, value);
    }

    // Apart and never inlined, because naming the class loads System.Reflection.DispatchProxy.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Proxied(Type contract, object value) => ContractProxy.For(contract, value);

    private static object Compiled(object value) =>
        value switch
        {
            InvocationContext context => Wrap(context),
            LambdaLog log => Wrap(log),
            CognitoIdentityData identity => Wrap(identity),
            ClientContextData client => Wrap(client),
            ClientApplicationData application => Wrap(application),
            _ => throw new TypeLoadException($"No class for {value.GetType()}."),
        };

#pragma warning disable CA1859 // A precise return type would load the class too early.
    // One method per class, never inlined: each class is then loaded by the call that needs it and inside the try above.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Wrap(InvocationContext value) => new LambdaContext(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Wrap(LambdaLog value) => new ContextLogger(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Wrap(CognitoIdentityData value) => new CognitoIdentity(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Wrap(ClientContextData value) => new ClientContext(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Wrap(ClientApplicationData value) => new ClientApplication(value);
#pragma warning restore CA1859
}
