using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nexus.Guest.Host.Lambda;

/// <summary>A class-library function's handler, found, checked, constructed and ready to be called.</summary>
public sealed class LambdaHandler
{
    private readonly HandlerCall _call;
    private readonly Type? _contextType;
    private readonly FunctionEnvironment _environment;
    private readonly LambdaLog _log;
    private readonly object? _serializer;

    private LambdaHandler(HandlerCall call, Type? contextType, object? serializer, LambdaLog log)
    {
        _call = call;
        _contextType = contextType;
        _serializer = serializer;
        _log = log;
        _environment = FunctionEnvironment.Read();
    }

    /// <summary>
    /// Does what Lambda does in its init phase: loads the assembly, checks the method, runs the type's constructor and makes the
    /// serializer.
    /// </summary>
    /// <param name="handler"><c>Assembly::Type::Method</c>; the method as name or as whole signature.</param>
    /// <param name="taskRoot">The function's folder, where assemblies are looked for that are not on the runtime's own list.</param>
    /// <param name="log">Where <c>LambdaLogger</c> and <c>ILambdaContext.Logger</c> write.</param>
    /// <exception cref="Diagnostics.NexusException">The handler is not usable; ids 0300 to 0399.</exception>
    /// <exception cref="Exception">
    /// What the function's own constructors threw, wrapped by the runtime as on Lambda (<see cref="TargetInvocationException"/>,
    /// <see cref="TypeInitializationException"/>). <see cref="ErrorReport.From"/> gives the init error to report for all of them.
    /// </exception>
    public static LambdaHandler Bind(string handler, string taskRoot, LambdaLog log)
    {
        var name = HandlerName.Parse(handler);
        TaskRootResolver.Install(taskRoot);
        LambdaLoggerHook.Install(log);

        var locator = new HandlerLocator(name, taskRoot);
        var assembly = locator.LoadAssembly();
        var type = locator.FindType(assembly);
        var method = locator.FindMethod(type);
        HandlerRules.CheckMethod(method);
        HandlerRules.CheckType(type, method);

        object? target = null;
        if (method.IsStatic)
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }
        else
        {
            target = Activator.CreateInstance(type);
        }

        var serializer = SerializerBinding.Create(method, assembly);
        var parameters = method.GetParameters();
        var last = parameters.Length > 0 ? parameters[^1].ParameterType : null;
        var contextType = last is not null && HandlerRules.IsContext(last) ? last : null;
        return new LambdaHandler(HandlerCall.Create(name, method, target, serializer), contextType, serializer, log);
    }

    /// <summary>Calls the handler once with an event that lies in one piece of memory. No bytes of it are copied.</summary>
    /// <param name="payload">The event; read only while the returned task is not complete.</param>
    /// <param name="info">What is known about this invocation.</param>
    /// <param name="response">Receives the response. After an error what it holds is to be thrown away.</param>
    /// <returns>Null for success, else the error to report. It never fails for what the function does.</returns>
    public async Task<ErrorReport?> InvokeAsync(ReadOnlyMemory<byte> payload, InvocationInfo info, IBufferWriter<byte> response)
    {
        var input = new EventStream(payload);
        var output = new ResponseStream(response);
        try
        {
            return await InvokeAsync(input, info, output).ConfigureAwait(false);
        }
        finally
        {
            input.Release();
            output.Release();
        }
    }

    /// <summary>Calls the handler once with streams of the caller's; see the other overload. The caller ends their use.</summary>
    public async Task<ErrorReport?> InvokeAsync(Stream payload, InvocationInfo info, Stream response)
    {
        // Null removes the variable: an untraced call must not inherit the trace of the one before.
        Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", info.TraceId);
        _log.RequestId = info.AwsRequestId;
        try
        {
            var context = _contextType is null
                ? null
                : CoreTypes.Adapt(_contextType, new InvocationContext(info, _environment, _log, _serializer));
            await _call.InvokeAsync(payload, context, response).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Whatever a function throws is its answer, not ours to let through.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _log.Write(LambdaLog.Error, ErrorReport.TextOf(failure));
            return ErrorReport.From(failure);
        }
    }
}
