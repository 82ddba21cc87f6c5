using Google.Protobuf;
using Grpc.Core;

namespace Ledger;

/// <summary>The service: what it is told it answers, adds up or stores.</summary>
public sealed class EntriesService(ILogger<EntriesService> logger) : Entries.EntriesBase
{
    private static int s_cancelled;
    private static readonly EntryTable Table = new();

    public override async Task<Receipt> Post(Entry request, ServerCallContext context)
    {
        var caller = context.RequestHeaders.GetValue("caller") ?? "nobody";
        await context.WriteResponseHeadersAsync(new Metadata { { "seen", caller }, { "raw-bin", new byte[] { 0, 1, 254, 255 } } });
        context.ResponseTrailers.Add("charged", "1");
        context.ResponseTrailers.Add("sum-bin", BitConverter.GetBytes(request.Amount));
        return new Receipt { Text = $"{request.Account}:{request.Amount}:{request.Attachment.Length}" };
    }

    public override async Task<Summary> Import(IAsyncStreamReader<Entry> requestStream, ServerCallContext context)
    {
        var summary = new Summary();
        await foreach (var entry in requestStream.ReadAllAsync(context.CancellationToken))
        {
            summary.Count++;
            summary.Total += entry.Amount;
            if (entry.Amount < 0)
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, $"negative amount after {summary.Count} entries"));
            }
        }

        return summary;
    }

    public override async Task List(Query request, IServerStreamWriter<Entry> responseStream, ServerCallContext context)
    {
        var attachment = ByteString.CopyFrom(new byte[request.AttachmentBytes]);
        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(
                new Entry
                {
                    Account = request.Account,
                    Amount = i,
                    Attachment = attachment,
                },
                context.CancellationToken
            );
        }
    }

    public override async Task Reconcile(
        IAsyncStreamReader<Entry> requestStream,
        IServerStreamWriter<Receipt> responseStream,
        ServerCallContext context
    )
    {
        await foreach (var entry in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(new Receipt { Text = $"{entry.Account} {entry.Amount}" }, context.CancellationToken);
        }
    }

    public override Task<Receipt> Fail(Failure request, ServerCallContext context)
    {
        if (request.ThrowPlain)
        {
            throw new InvalidOperationException(request.Message);
        }

        throw new RpcException(new Status((StatusCode)request.Code, request.Message), new Metadata { { "reason", "asked for" } });
    }

    public override async Task<Receipt> Wait(Pause request, ServerCallContext context)
    {
        try
        {
            await Task.Delay(request.Milliseconds, context.CancellationToken);
            return new Receipt { Text = "waited" };
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref s_cancelled);
            logger.LogWarning("a wait was given up");
            throw;
        }
    }

    public override Task<Summary> Cancelled(Query request, ServerCallContext context) =>
        Task.FromResult(new Summary { Count = Volatile.Read(ref s_cancelled) });

    public override Task<Entry> Store(Entry request, ServerCallContext context) => Table.StoreAsync(request, context.CancellationToken);
}
