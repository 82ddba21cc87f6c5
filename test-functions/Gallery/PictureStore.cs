using System.Collections.Concurrent;

namespace Gallery;

/// <summary>Pictures, in memory.</summary>
public sealed class PictureStore
{
    private readonly ConcurrentDictionary<string, byte[]> _pictures = new();

    public void Put(string name, byte[] picture) => _pictures[name] = picture;

    public byte[]? Get(string name) => _pictures.GetValueOrDefault(name);
}
