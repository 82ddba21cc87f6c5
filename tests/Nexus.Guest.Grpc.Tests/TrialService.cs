using Google.Protobuf;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>Behaves as the request says.</summary>
internal sealed class TrialService : Trial.TrialBase
{
    public override async Task<TrialReply> Single(TrialRequest request, ServerCallContext context)
    {
        if (request.Behaviour != "compressed")
        {
            context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        }

        return await ActAsync(request, context, request.Count);
    }

    public override async Task<TrialReply> Collect(IAsyncStreamReader<TrialRequest> requestStream, ServerCallContext context)
    {
        context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        var texts = new List<string>();
        long bytes = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (request.Behaviour == "early")
            {
                return new TrialReply { Text = "enough" };
            }

            if (request.Behaviour != "echo")
            {
                return await ActAsync(request, context, request.Count);
            }

            texts.Add(request.Text);
            bytes += request.Payload.Length;
        }

        return new TrialReply { Text = string.Join(',', texts.TakeLast(8)) + $" {texts.Count} {bytes}" };
    }

    public override async Task Expand(TrialRequest request, IServerStreamWriter<TrialReply> responseStream, ServerCallContext context)
    {
        context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await context.WriteResponseHeadersAsync(new Metadata { { "begun", "yes" } });
        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(
                new TrialReply
                {
                    Index = i,
                    Text = request.Text,
                    Payload = request.Payload,
                }
            );
        }

        if (request.Behaviour != "echo")
        {
            await ActAsync(request, context, request.DelayMs == 0 ? 9 : 0);
        }
    }

    public override async Task Converse(
        IAsyncStreamReader<TrialRequest> requestStream,
        IServerStreamWriter<TrialReply> responseStream,
        ServerCallContext context
    )
    {
        context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        var index = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            var reply = await ActAsync(request, context, request.Count);
            reply.Index = index++;
            await responseStream.WriteAsync(reply);
        }
    }

    private static async Task<TrialReply> ActAsync(TrialRequest request, ServerCallContext context, int count)
    {
        switch (request.Behaviour)
        {
            case "fail":
                var trailers = new Metadata { { "reason", "as asked" }, { "bytes-bin", new byte[] { 0, 1, 254, 255 } } };
                throw new RpcException(new Status((StatusCode)count, request.Text), trailers);
            case "throw":
                throw new InvalidOperationException("not for the caller's eyes");
            case "headers":
                await context.WriteResponseHeadersAsync(
                    new Metadata
                    {
                        { "first", "1" },
                        { "first", "2" },
                        { "raw-bin", new byte[] { 7 } },
                    }
                );
                context.ResponseTrailers.Add("last", "one");
                var seen = context.RequestHeaders.Where(static entry => entry.Key.StartsWith("x-", StringComparison.Ordinal));
                return new TrialReply { Text = string.Join(';', seen.Select(Describe)) };
            case "wait":
                await Task.Delay(request.DelayMs, context.CancellationToken);
                return new TrialReply { Text = "waited" };
            case "size":
                return new TrialReply { Payload = UnsafeByteOperations.UnsafeWrap(new byte[count]) };
            case "authority":
                return new TrialReply { Text = context.Host + " " + context.Method + " " + context.RequestHeaders.GetValue("user-agent") };
            default:
                return new TrialReply { Text = request.Text, Payload = request.Payload };
        }
    }

    private static string Describe(Metadata.Entry entry) =>
        entry.IsBinary ? $"{entry.Key}={Convert.ToHexString(entry.ValueBytes)}" : $"{entry.Key}={entry.Value}";
}
