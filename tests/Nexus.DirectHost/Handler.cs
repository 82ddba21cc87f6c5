using System.Reflection;
using Amazon.Lambda.Core;

namespace Nexus.DirectHost;

/// <summary>A handler <c>Assembly::Type::Method</c>, called through the function's own serializer.</summary>
internal sealed class Handler
{
    private static readonly MethodInfo s_deserialize = typeof(ILambdaSerializer).GetMethod(nameof(ILambdaSerializer.Deserialize))!;
    private static readonly MethodInfo s_serialize = typeof(ILambdaSerializer).GetMethod(nameof(ILambdaSerializer.Serialize))!;

    private readonly MethodInfo _method;
    private readonly object? _target;
    private readonly ILambdaSerializer? _serializer;

    private Handler(MethodInfo method, object? target, ILambdaSerializer? serializer)
    {
        _method = method;
        _target = target;
        _serializer = serializer;
    }

    public static Handler Bind(string name)
    {
        var parts = name.Split("::");
        var assembly = Assembly.Load(new AssemblyName(parts[0]));
        var type = assembly.GetType(parts[1], throwOnError: true)!;
        var method =
            type.GetMethod(parts[2], BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
            ?? throw new MissingMethodException(parts[1], parts[2]);
        var attribute = method.GetCustomAttribute<LambdaSerializerAttribute>() ?? assembly.GetCustomAttribute<LambdaSerializerAttribute>();
        var serializer = attribute is null ? null : (ILambdaSerializer?)Activator.CreateInstance(attribute.SerializerType);
        return new Handler(method, method.IsStatic ? null : Activator.CreateInstance(type), serializer);
    }

    /// <summary>The response as the function's serializer writes it; empty when the handler returns nothing.</summary>
    public async Task<byte[]> InvokeAsync(Invocation invocation)
    {
        var arguments = Array.ConvertAll(_method.GetParameters(), parameter => Argument(parameter.ParameterType, invocation));
        var returned = _method.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        var type = _method.ReturnType;
        if (returned is Task task)
        {
            await task;
            type = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(void);
            returned = type == typeof(void) ? null : task.GetType().GetProperty(nameof(Task<int>.Result))!.GetValue(task);
        }

        return Serialize(type, returned);
    }

    private object? Argument(Type type, Invocation invocation)
    {
        if (type == typeof(ILambdaContext))
        {
            return new DirectContext(invocation);
        }

        var payload = new MemoryStream(invocation.Payload);
        return type == typeof(Stream)
            ? payload
            : s_deserialize.MakeGenericMethod(type).Invoke(_serializer, BindingFlags.DoNotWrapExceptions, null, [payload], null);
    }

    private byte[] Serialize(Type type, object? value)
    {
        var output = new MemoryStream();
        if (value is Stream stream)
        {
            stream.CopyTo(output);
        }
        else if (type != typeof(void))
        {
            s_serialize.MakeGenericMethod(type).Invoke(_serializer, BindingFlags.DoNotWrapExceptions, null, [value, output], null);
        }

        return output.ToArray();
    }
}
