using System.Reflection;

namespace Nexus.Guest.Host.Lambda;

/// <summary>The handler's method and where each of its arguments comes from.</summary>
internal sealed class HandlerArguments<TInput, TContext>(
    MethodInfo method,
    object? target,
    bool hasInput,
    bool hasContext,
    PayloadCodec<TInput> reader
)
{
    /// <summary>The method as a delegate that takes a stream and a context, whatever it takes itself.</summary>
    public Func<Stream, object?, TResult> ToFunc<TResult>()
    {
        switch (hasInput, hasContext)
        {
            case (true, true):
                var both = Close<Func<TInput, TContext, TResult>>();
                return (input, context) => both(reader.Read(input), (TContext)context!);
            case (true, false):
                var withInput = Close<Func<TInput, TResult>>();
                return (input, _) => withInput(reader.Read(input));
            case (false, true):
                var withContext = Close<Func<TContext, TResult>>();
                return (_, context) => withContext((TContext)context!);
            default:
                var bare = Close<Func<TResult>>();
                return (_, _) => bare();
        }
    }

    /// <summary>The same for a method without a result.</summary>
    public Action<Stream, object?> ToAction()
    {
        switch (hasInput, hasContext)
        {
            case (true, true):
                var both = Close<Action<TInput, TContext>>();
                return (input, context) => both(reader.Read(input), (TContext)context!);
            case (true, false):
                var withInput = Close<Action<TInput>>();
                return (input, _) => withInput(reader.Read(input));
            case (false, true):
                var withContext = Close<Action<TContext>>();
                return (_, context) => withContext((TContext)context!);
            default:
                var bare = Close<Action>();
                return (_, _) => bare();
        }
    }

    private TDelegate Close<TDelegate>()
        where TDelegate : Delegate => (TDelegate)Delegate.CreateDelegate(typeof(TDelegate), target, method);
}
