using System.Collections.Concurrent;
using System.Threading.Channels;

namespace ChatRoom;

/// <summary>Who is in which room.</summary>
public sealed class Rooms
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Guid, Channel<Saying>>> _rooms = new();

    public (Guid Id, ChannelReader<Saying> Heard) Enter(string room)
    {
        var id = Guid.NewGuid();
        var heard = Channel.CreateUnbounded<Saying>();
        _rooms.GetOrAdd(room, static _ => new()).TryAdd(id, heard);
        return (id, heard.Reader);
    }

    public void Say(Saying saying)
    {
        foreach (var heard in _rooms.GetValueOrDefault(saying.Room)?.Values ?? [])
        {
            heard.Writer.TryWrite(saying);
        }
    }

    public void Leave(string room, Guid id)
    {
        if (_rooms.GetValueOrDefault(room)?.TryRemove(id, out var heard) is true)
        {
            heard.Writer.Complete();
        }
    }
}
