using System.Reflection;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// A handler behind one signature. Built from closed generic types and delegates: nothing is compiled at run time beyond what the
/// function's own types need, and an exception reaches the caller as it was thrown.
/// </summary>
internal abstract class HandlerCall
{
    /// <summary>Reads the input, calls the handler and writes its result.</summary>
    public abstract Task InvokeAsync(Stream input, object? context, Stream output);

    public static HandlerCall Create(HandlerName name, MethodInfo method, object? target, object? serializer)
    {
        var parameters = method.GetParameters();
        var hasContext = parameters.Length > 0 && HandlerRules.IsContext(parameters[^1].ParameterType);
        var hasInput = parameters.Length > (hasContext ? 1 : 0);
        var inputType = hasInput ? parameters[0].ParameterType : typeof(object);
        var contextType = hasContext ? parameters[^1].ParameterType : typeof(object);
        var returnType = method.ReturnType;

        // Only Stream itself can be handed over as input; every other type, derived streams too, is the serializer's to make.
        if (hasInput && inputType != typeof(Stream) && serializer is null)
        {
            throw HostDiagnostics.SerializerMissingForInput.With($"'{inputType}' in {name}");
        }

        var shape = ShapeOf(returnType, out var resultType);
        if (resultType is not null && !typeof(Stream).IsAssignableFrom(resultType) && serializer is null)
        {
            throw HostDiagnostics.SerializerMissingForOutput.With($"'{resultType}' in {name}");
        }

        var argumentsType = typeof(HandlerArguments<,>).MakeGenericType(inputType, contextType);
        var arguments = Activator.CreateInstance(argumentsType, method, target, hasInput, hasContext, ReaderFor(inputType, serializer))!;
        var callType = shape switch
        {
            ResultShape.None => typeof(VoidCall<,>).MakeGenericType(inputType, contextType),
            ResultShape.Task => typeof(TaskCall<,>).MakeGenericType(inputType, contextType),
            ResultShape.TaskOfValue => typeof(TaskValueCall<,,>).MakeGenericType(inputType, contextType, resultType!),
            _ => typeof(ValueCall<,,>).MakeGenericType(inputType, contextType, resultType!),
        };
        return (HandlerCall)(
            resultType is null
                ? Activator.CreateInstance(callType, arguments)!
                : Activator.CreateInstance(callType, arguments, WriterFor(resultType, serializer))!
        );
    }

    private static ResultShape ShapeOf(Type returnType, out Type? resultType)
    {
        resultType = null;
        if (returnType == typeof(void))
        {
            return ResultShape.None;
        }
        for (var type = returnType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
            {
                resultType = type.GenericTypeArguments[0];
                return ResultShape.TaskOfValue;
            }
        }
        if (typeof(Task).IsAssignableFrom(returnType))
        {
            return ResultShape.Task;
        }

        // Lambda awaits tasks only. A ValueTask is serialized like any other value, which the decision record notes.
        resultType = returnType;
        return ResultShape.Value;
    }

    private static object ReaderFor(Type type, object? serializer) =>
        serializer is null || type == typeof(Stream)
            ? Activator.CreateInstance(typeof(StreamCodec<>).MakeGenericType(type))!
            : Activator.CreateInstance(typeof(SerializerCodec<>).MakeGenericType(type), serializer)!;

    private static object WriterFor(Type type, object? serializer) =>
        typeof(Stream).IsAssignableFrom(type)
            ? Activator.CreateInstance(typeof(StreamCodec<>).MakeGenericType(type))!
            : Activator.CreateInstance(typeof(SerializerCodec<>).MakeGenericType(type), serializer)!;

    private enum ResultShape
    {
        None,
        Task,
        TaskOfValue,
        Value,
    }
}
