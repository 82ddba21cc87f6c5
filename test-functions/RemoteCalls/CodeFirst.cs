using System.Runtime.Serialization;
using System.ServiceModel;
using System.Text;
using Grpc.Net.Client;
using ProtoBuf.Grpc;
using ProtoBuf.Grpc.Client;

namespace RemoteCalls;

/// <summary>The same service described in code, for another serializer.</summary>
internal static class CodeFirst
{
    public static async Task RunAsync(string address, StringBuilder seen)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var service = channel.CreateGrpcService<ITrial>();
        seen.AppendLine((await service.SingleAsync(new Question { Behaviour = "echo", Text = "code first" })).Text);
        await foreach (var reply in service.ExpandAsync(new Question { Behaviour = "echo", Text = "many", Count = 3 }))
        {
            seen.AppendLine($"{reply.Text} {reply.Index}");
        }

        seen.AppendLine((await service.CollectAsync(Questions())).Text);
        await foreach (var reply in service.ConverseAsync(Questions()))
        {
            seen.AppendLine(reply.Text);
        }

        await service.SingleAsync(new Question { Behaviour = "fail", Text = "code first fails", Count = 7 });
    }

    private static async IAsyncEnumerable<Question> Questions()
    {
        for (var i = 0; i < 3; i++)
        {
            yield return new Question { Behaviour = "echo", Text = $"question {i}", Payload = new byte[i * 1000] };
            await Task.Yield();
        }
    }

    [ServiceContract(Name = "trials.Trial")]
    public interface ITrial
    {
        [OperationContract(Name = "Single")]
        ValueTask<Answer> SingleAsync(Question question, CallContext context = default);

        [OperationContract(Name = "Collect")]
        ValueTask<Answer> CollectAsync(IAsyncEnumerable<Question> questions, CallContext context = default);

        [OperationContract(Name = "Expand")]
        IAsyncEnumerable<Answer> ExpandAsync(Question question, CallContext context = default);

        [OperationContract(Name = "Converse")]
        IAsyncEnumerable<Answer> ConverseAsync(IAsyncEnumerable<Question> questions, CallContext context = default);
    }

    [DataContract]
    public sealed class Question
    {
        [DataMember(Order = 1)]
        public string Behaviour { get; set; } = "";

        [DataMember(Order = 2)]
        public string Text { get; set; } = "";

        [DataMember(Order = 3)]
        public byte[] Payload { get; set; } = [];

        [DataMember(Order = 4)]
        public int Count { get; set; }
    }

    [DataContract]
    public sealed class Answer
    {
        [DataMember(Order = 1)]
        public string Text { get; set; } = "";

        [DataMember(Order = 2)]
        public byte[] Payload { get; set; } = [];

        [DataMember(Order = 3)]
        public int Index { get; set; }
    }
}
