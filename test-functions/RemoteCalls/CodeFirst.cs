using System.Text;
using Grpc.Net.Client;
using ProtoBuf;
using ProtoBuf.Grpc;
using ProtoBuf.Grpc.Client;
using ProtoBuf.Grpc.Configuration;

namespace RemoteCalls;

/// <summary>The same service described in code, for another serializer.</summary>
internal static class CodeFirst
{
    public static async Task RunAsync(string address, StringBuilder seen)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var service = channel.CreateGrpcService<ITrial>();
        seen.AppendLine((await service.SingleAsync(new Question { Behaviour = "echo", Text = "code first" })).Text);
        await foreach (
            var reply in service.ExpandAsync(
                new Question
                {
                    Behaviour = "echo",
                    Text = "many",
                    Count = 3,
                }
            )
        )
        {
            seen.AppendLine($"{reply.Text} {reply.Index}");
        }

        seen.AppendLine((await service.CollectAsync(Questions())).Text);
        await foreach (var reply in service.ConverseAsync(Questions()))
        {
            seen.AppendLine(reply.Text);
        }

        await service.SingleAsync(
            new Question
            {
                Behaviour = "fail",
                Text = "code first fails",
                Count = 7,
            }
        );
    }

    private static async IAsyncEnumerable<Question> Questions()
    {
        for (var i = 0; i < 3; i++)
        {
            yield return new Question
            {
                Behaviour = "echo",
                Text = $"question {i}",
                Payload = new byte[i * 1000],
            };
            await Task.Yield();
        }
    }

    [Service("trials.Trial")]
    public interface ITrial
    {
        [Operation("Single")]
        ValueTask<Answer> SingleAsync(Question question, CallContext context = default);

        [Operation("Collect")]
        ValueTask<Answer> CollectAsync(IAsyncEnumerable<Question> questions, CallContext context = default);

        [Operation("Expand")]
        IAsyncEnumerable<Answer> ExpandAsync(Question question, CallContext context = default);

        [Operation("Converse")]
        IAsyncEnumerable<Answer> ConverseAsync(IAsyncEnumerable<Question> questions, CallContext context = default);
    }

    [ProtoContract]
    public sealed class Question
    {
        [ProtoMember(1)]
        public string Behaviour { get; set; } = "";

        [ProtoMember(2)]
        public string Text { get; set; } = "";

        [ProtoMember(3)]
        public byte[] Payload { get; set; } = [];

        [ProtoMember(4)]
        public int Count { get; set; }
    }

    [ProtoContract]
    public sealed class Answer
    {
        [ProtoMember(1)]
        public string Text { get; set; } = "";

        [ProtoMember(2)]
        public byte[] Payload { get; set; } = [];

        [ProtoMember(3)]
        public int Index { get; set; }
    }
}
