using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host;

/// <summary>Serves the backend's invocations with the bound handler, one at a time as the backend sends them.</summary>
internal sealed class InvocationServer
{
    private const int MostReportBytes = 20 * 1024;
    private readonly IdleCollector _collector = IdleCollector.FromEnvironment();
    private LambdaHandler? _handler;
    private string _initError = "";
    private GuestChannel? _channel;
    private LambdaLog? _log;
    private int _running;
    private int _announceAfterInvocation;

    /// <summary>Loads and constructs the function; false when that failed, which <see cref="AnnounceAsync"/> then reports.</summary>
    public bool Initialize(LambdaLog log)
    {
        _log = log;
        try
        {
            var name = Environment.GetEnvironmentVariable("_HANDLER") ?? "";
            _handler = LambdaHandler.Bind(name, Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") ?? AppContext.BaseDirectory, log);
            return true;
        }
#pragma warning disable CA1031 // Whatever the function's constructors throw is its init error.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.Write(LambdaLog.Error, failure.ToString());
            _initError = Text(ErrorReport.From(failure));
            return false;
        }
    }

    /// <summary>The way to the backend; set before anything comes from there.</summary>
    public void Connect(GuestChannel channel)
    {
        _channel = channel;
        // Also before a snapshot: what its machine was waiting to collect is shared by clones, and one that began with a collection would be late, and copy the heap.
        VirtualMachineAttachment.Restored += _collector.Cancel;
    }

    /// <summary>Tells the backend that invocations may come, or why not; completes when it has heard.</summary>
    public async Task AnnounceAsync()
    {
        try
        {
            using var call = await _channel!
                .Peer.OpenAsync(ChannelProtocol.Ready, new ReadyHead { InitError = _initError }, TimeSpan.FromSeconds(10), final: true)
                .ConfigureAwait(false);
            await call.ReceiveAsync().ConfigureAwait(false);
        }
        catch (ChannelException)
        {
            // The backend went away meanwhile; its successor hears of this instance when the session restarts.
        }
    }

    /// <summary>A new backend took over: it must hear that this instance is ready, but not in the middle of an invocation nobody waits for.</summary>
    public void OnSessionRestarted()
    {
        Volatile.Write(ref _announceAfterInvocation, 1);
        AnnounceIfIdle();
    }

    /// <summary>Starts the work of one incoming call.</summary>
    public void OnCall(ChannelCall call) => _ = ServeAsync(call);

    private async Task ServeAsync(ChannelCall call)
    {
        using (call)
        {
            if (call.Protocol != ChannelProtocol.Invoke || _handler is not { } handler || Interlocked.Exchange(ref _running, 1) != 0)
            {
                call.Abort(AbortCode.BadRequest);
                return;
            }

            _collector.Pause();
            try
            {
                InvocationResultHead result;
                try
                {
                    result = await InvokeAsync(call, handler).ConfigureAwait(false);
                }
                finally
                {
                    // Before the result goes out: the next invocation may be here before this thread comes back.
                    _channel!.SetInvocationDeadline(long.MaxValue);
                    _collector.Resume(_channel.Peer);
                    Volatile.Write(ref _running, 0);
                }

                await call.SendAsync(FrameKind.Trailers, result, final: true).ConfigureAwait(false);
            }
            catch (ChannelException)
            {
                // Nobody waits for the result any more: the invocation timed out or the backend went away.
            }
        }

        AnnounceIfIdle();
    }

    private async Task<InvocationResultHead> InvokeAsync(ChannelCall call, LambdaHandler handler)
    {
        var head = InvocationHead.Read(call.Head.Span);
        _channel!.SetInvocationDeadline(call.Deadline == long.MaxValue ? long.MaxValue : call.Deadline + (Stopwatch.Frequency / 20));
        var received = new EventPayload(call);
        await received.ReceiveAsync(head.ContentLength).ConfigureAwait(false);
        var response = new ArenaWriter(call);
        ErrorReport? error;
        try
        {
            error = await handler.InvokeAsync(received.Memory, Info(head), response).ConfigureAwait(false);
        }
        finally
        {
            received.Release();
        }

        response.Flush();
        if (head.MarksLogEnd)
        {
            _log!.WriteRaw(InvocationHead.LogEndMark.ToString());
        }

        return new InvocationResultHead
        {
            FunctionError = error is null ? "" : "Unhandled",
            ErrorReport = error is null ? "" : Text(error),
        };
    }

    private void AnnounceIfIdle()
    {
        if (Volatile.Read(ref _running) == 0 && Interlocked.Exchange(ref _announceAfterInvocation, 0) != 0)
        {
            _ = AnnounceAsync();
        }
    }

    private static InvocationInfo Info(InvocationHead head) =>
        new(head.RequestId, head.DeadlineUnixMilliseconds)
        {
            InvokedFunctionArn = head.FunctionArn,
            TraceId = head.TraceId.Length > 0 ? head.TraceId : null,
            ClientContextJson = head.ClientContext.Length > 0 ? head.ClientContext : null,
            CognitoIdentityJson = head.CognitoIdentity.Length > 0 ? head.CognitoIdentity : null,
        };

    /// <summary>A report that does not fit into a head is cut down to type and message, which alarms go by.</summary>
    private static string Text(ErrorReport report)
    {
        if (report.Json.Length <= MostReportBytes)
        {
            return Encoding.UTF8.GetString(report.Json.Span);
        }

        var message = report.ErrorMessage.Length > 1024 ? report.ErrorMessage[..1024] + "..." : report.ErrorMessage;
        return $"{{\"errorType\":\"{JsonEncodedText.Encode(report.ErrorType)}\",\"errorMessage\":\"{JsonEncodedText.Encode(message)}\",\"stackTrace\":[]}}";
    }
}
