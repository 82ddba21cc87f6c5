using System.Globalization;
using System.Text.Json;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Instances.RuntimeApi;

/// <summary>Answers of the Runtime API, as HTTP through the channel.</summary>
internal sealed class RuntimeApiAnswer(ChannelCall call)
{
    private static readonly byte[] Accepted = """{"status":"OK"}"""u8.ToArray();

    /// <summary>The event of a poll.</summary>
    public Task EventAsync(RuntimeInvocation next)
    {
        var headers = new List<KeyValuePair<string, string>>
        {
            new("Lambda-Runtime-Aws-Request-Id", next.Invocation.RequestId),
            new("Lambda-Runtime-Deadline-Ms", next.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
            new("Lambda-Runtime-Invoked-Function-Arn", next.Invocation.FunctionArn),
        };
        AddIfAny("Lambda-Runtime-Trace-Id", next.Invocation.TraceId);
        AddIfAny("Lambda-Runtime-Client-Context", next.Invocation.ClientContext);
        AddIfAny("Lambda-Runtime-Cognito-Identity", next.Invocation.CognitoIdentity);
        return SendAsync(200, "OK", headers, next.Invocation.Payload);

        void AddIfAny(string name, string value)
        {
            if (value.Length > 0)
            {
                headers.Add(new KeyValuePair<string, string>(name, value));
            }
        }
    }

    public Task AcceptAsync() => SendAsync(202, "Accepted", [], Accepted);

    public Task RefuseAsync(int status, string type, string message) =>
        SendAsync(
            status,
            "",
            [],
            JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["errorMessage"] = message, ["errorType"] = type })
        );

    private async Task SendAsync(int status, string reason, List<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        headers.Add(new("Content-Type", "application/json"));
        headers.Add(new("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
        var head = new HttpResponseHead
        {
            Status = status,
            Reason = reason,
            Version = "1.1",
            ContentLength = body.Length,
            Headers = headers,
        };
        await call.SendAsync(FrameKind.Head, head, final: body.IsEmpty, call.Aborted).ConfigureAwait(false);
        while (!body.IsEmpty)
        {
            var size = Math.Min(body.Length, ChannelLayout.MaxBlockBytes);
            var block = await call.RentAsync(size, call.Aborted).ConfigureAwait(false);
            body[..size].CopyTo(block.Memory);
            body = body[size..];
            call.Send(FrameKind.Data, block, size, final: body.IsEmpty);
        }
    }
}
