using BenchRemote.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace BenchService;

/// <summary>Sends back what it gets, or ten thousand small messages.</summary>
internal sealed class EchoService : Bench.BenchBase
{
    private const int Messages = 10_000;
    private static readonly Blob Small = new() { Data = UnsafeByteOperations.UnsafeWrap(new byte[100]) };

    public override Task<Blob> Echo(Blob request, ServerCallContext context) => Task.FromResult(request);

    public override async Task Many(Blob request, IServerStreamWriter<Blob> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < Messages; i++)
        {
            await responseStream.WriteAsync(Small);
        }
    }
}
