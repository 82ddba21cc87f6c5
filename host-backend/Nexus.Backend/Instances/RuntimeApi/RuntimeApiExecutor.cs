using System.Threading.Channels;
using Nexus.Backend.Executors;
using Nexus.Backend.Functions;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Instances.RuntimeApi;

/// <summary>
/// Lambda's Runtime API for one instance of an executable that polls it (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Its requests come
/// as HTTP calls like any other; those to <see cref="Authority"/> are answered here, the others go on to the HTTP executor.
/// </summary>
/// <param name="others">Executes the other HTTP calls.</param>
/// <param name="onReady">Is told once: an empty text at the first poll, or the report of a failed start.</param>
internal sealed class RuntimeApiExecutor(ICallExecutor? others, Action<string> onReady) : ICallExecutor
{
    /// <summary>What <c>AWS_LAMBDA_RUNTIME_API</c> says: Lambda's own value. Nobody listens there.</summary>
    public const string Authority = "127.0.0.1:9001";

    private const string Root = "/2018-06-01/runtime/";
    private const string InvocationRoot = Root + "invocation/";

    private readonly Channel<RuntimeInvocation> _events = System.Threading.Channels.Channel.CreateUnbounded<RuntimeInvocation>();
    private volatile RuntimeInvocation? _current;

    public ushort Protocol => ChannelProtocol.Http;

    public Task ExecuteAsync(ChannelCall call, FunctionDefinition function)
    {
        var head = HttpRequestHead.Read(call.Head.Span);
        if (head is { Scheme: "http", Authority: Authority })
        {
            return AnswerAsync(new RuntimeApiAnswer(call), call, head);
        }

        if (others is not null)
        {
            return others.ExecuteAsync(call, function);
        }

        call.Abort(AbortCode.BadRequest);
        return Task.CompletedTask;
    }

    /// <summary>Hands an event to the next poll; completes with what the function posts.</summary>
    public Task<InvocationResult> InvokeAsync(Invocation invocation, DateTimeOffset deadline)
    {
        var pending = new RuntimeInvocation(invocation, deadline);
        _events.Writer.TryWrite(pending);
        return pending.Result;
    }

    private Task AnswerAsync(RuntimeApiAnswer answer, ChannelCall call, HttpRequestHead head)
    {
        var path = head.Target.Split('?')[0];
        if (path == InvocationRoot + "next")
        {
            return head.Method == "GET" ? NextAsync(answer, call) : answer.RefuseAsync(405, "MethodNotAllowed", "Use GET.");
        }

        if (path == Root + "init/error")
        {
            return InitErrorAsync(answer, call);
        }

        var parts = path.StartsWith(InvocationRoot, StringComparison.Ordinal) ? path[InvocationRoot.Length..].Split('/') : [];
        return parts is [var id, "response" or "error"]
            ? ResultAsync(answer, call, id, isError: parts[1] == "error")
            : answer.RefuseAsync(404, "NotFound", $"There is no {path} in this API.");
    }

    private async Task NextAsync(RuntimeApiAnswer answer, ChannelCall call)
    {
        onReady("");
        var next = await _events.Reader.ReadAsync(call.Aborted).ConfigureAwait(false);
        _current = next;
        await answer.EventAsync(next).ConfigureAwait(false);
    }

    private async Task ResultAsync(RuntimeApiAnswer answer, ChannelCall call, string id, bool isError)
    {
        var body = await RuntimeApiBody.ReadAsync(call, Invocation.MaxPayloadBytes).ConfigureAwait(false);
        if (_current is not { } current || current.Invocation.RequestId != id)
        {
            await answer.RefuseAsync(400, "InvalidRequestID", "Invalid request ID").ConfigureAwait(false);
            return;
        }

        if (current.Result.IsCompleted)
        {
            await answer.RefuseAsync(403, "InvalidStateTransition", "State transition is not allowed").ConfigureAwait(false);
            return;
        }

        if (body.Bytes is not { } bytes)
        {
            current.Complete(LambdaErrors.TooLarge(body.Length));
            await answer
                .RefuseAsync(413, "RequestEntityTooLarge", $"Exceeded maximum allowed payload size ({Invocation.MaxPayloadBytes} bytes).")
                .ConfigureAwait(false);
            return;
        }

        // Answered first: the instance must have polled again, or be about to, when the next event comes.
        await answer.AcceptAsync().ConfigureAwait(false);
        current.Complete(new InvocationResult(bytes, isError ? "Unhandled" : null));
    }

    private async Task InitErrorAsync(RuntimeApiAnswer answer, ChannelCall call)
    {
        var body = await RuntimeApiBody.ReadAsync(call, Invocation.MaxPayloadBytes).ConfigureAwait(false);
        await answer.AcceptAsync().ConfigureAwait(false);
        var report = System.Text.Encoding.UTF8.GetString(body.Bytes ?? []);
        onReady(report.Length > 0 ? report : """{"errorType":"Function.Unknown","errorMessage":""}""");
    }
}
