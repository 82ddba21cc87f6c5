namespace Nexus.Guest.Host.Lambda;

/// <summary>A handler that returns nothing; the response is empty.</summary>
internal sealed class VoidCall<TInput, TContext>(HandlerArguments<TInput, TContext> arguments) : HandlerCall
{
    private readonly Action<Stream, object?> _handler = arguments.ToAction();

    public override Task InvokeAsync(Stream input, object? context, Stream output)
    {
        _handler(input, context);
        return Task.CompletedTask;
    }
}

/// <summary>A handler that returns a task without a value; the response is empty.</summary>
internal sealed class TaskCall<TInput, TContext>(HandlerArguments<TInput, TContext> arguments) : HandlerCall
{
    private readonly Func<Stream, object?, Task> _handler = arguments.ToFunc<Task>();

    // Awaited here, not handed on: a handler that returns a null task then fails inside the call like any other.
    public override async Task InvokeAsync(Stream input, object? context, Stream output) =>
        await _handler(input, context).ConfigureAwait(false);
}

/// <summary>A handler that returns a task with a value.</summary>
internal sealed class TaskValueCall<TInput, TContext, TResult>(HandlerArguments<TInput, TContext> arguments, PayloadCodec<TResult> writer)
    : HandlerCall
{
    private readonly Func<Stream, object?, Task<TResult>> _handler = arguments.ToFunc<Task<TResult>>();

    public override async Task InvokeAsync(Stream input, object? context, Stream output) =>
        writer.Write(await _handler(input, context).ConfigureAwait(false), output);
}

/// <summary>A handler that returns a value.</summary>
internal sealed class ValueCall<TInput, TContext, TResult>(HandlerArguments<TInput, TContext> arguments, PayloadCodec<TResult> writer)
    : HandlerCall
{
    private readonly Func<Stream, object?, TResult> _handler = arguments.ToFunc<TResult>();

    public override Task InvokeAsync(Stream input, object? context, Stream output)
    {
        writer.Write(_handler(input, context), output);
        return Task.CompletedTask;
    }
}
