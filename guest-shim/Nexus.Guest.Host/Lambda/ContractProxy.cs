using System.Reflection;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// An interface of the function's, answered by name from one of our values: properties by their name, log methods by what their
/// arguments are. What is not known answers null, zero or false.
/// </summary>
internal class ContractProxy : DispatchProxy
{
    private object? _value;

    public static object For(Type contract, object value)
    {
        var proxy = DispatchProxy.Create(contract, typeof(ContractProxy));
        ((ContractProxy)proxy)._value = value;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var name = targetMethod!.Name;
        if (_value is LambdaLog log && name.StartsWith("Log", StringComparison.Ordinal))
        {
            Log(log, name, args ?? []);
            return null;
        }

        var type = targetMethod.ReturnType;
        var known = name.StartsWith("get_", StringComparison.Ordinal) ? _value!.GetType().GetProperty(name[4..]) : null;
        var answer = known?.GetValue(_value);
        if (answer is not null && type.IsInterface)
        {
            answer = CoreTypes.Adapt(type, answer);
        }
        return type.IsInstanceOfType(answer) ? answer
            : type.IsValueType && type != typeof(void) ? Activator.CreateInstance(type)
            : null;
    }

    private static void Log(LambdaLog log, string name, object?[] args)
    {
        // Log(message) | LogLine(message) | Log(level, ..) | LogWarning(..), each with an optional exception and arguments.
        var texts = args.OfType<string>().ToArray();
        var message = texts.Length > 0 ? texts[^1] : "";
        if (name == "Log" && args.Length == 1)
        {
            log.WriteRaw(message);
            return;
        }
        var level =
            name == "LogLine" ? LambdaLog.Information
            : name.Length > 3 ? name[3..]
            : args.FirstOrDefault(argument => argument is Enum)?.ToString() ?? (texts.Length > 1 ? texts[0] : LambdaLog.Information);
        log.Write(level, message, args.OfType<Exception>().FirstOrDefault(), args.OfType<object[]>().FirstOrDefault());
    }
}
