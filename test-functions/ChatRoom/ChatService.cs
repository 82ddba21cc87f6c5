using Grpc.Core;

namespace ChatRoom;

/// <summary>One duplex stream a guest of a room.</summary>
public sealed class ChatService(Rooms rooms) : Chat.ChatBase
{
    public override async Task Join(
        IAsyncStreamReader<Saying> requestStream,
        IServerStreamWriter<Saying> responseStream,
        ServerCallContext context
    )
    {
        if (!await requestStream.MoveNext(context.CancellationToken))
        {
            return;
        }

        var first = requestStream.Current;
        var (id, heard) = rooms.Enter(first.Room);
        var telling = TellAsync();
        try
        {
            rooms.Say(
                new Saying
                {
                    Room = first.Room,
                    Who = "room",
                    Text = $"{first.Who} is here",
                }
            );
            await foreach (var saying in requestStream.ReadAllAsync(context.CancellationToken))
            {
                rooms.Say(saying);
            }
        }
        finally
        {
            rooms.Leave(first.Room, id);
        }

        await telling;

        async Task TellAsync()
        {
            await foreach (var saying in heard.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(saying, context.CancellationToken);
            }
        }
    }
}
