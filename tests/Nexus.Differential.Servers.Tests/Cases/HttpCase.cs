namespace Nexus.Differential.Servers.Tests.Cases;

/// <summary>Requests to one program, the same to both worlds.</summary>
/// <param name="Name">Name of the test.</param>
/// <param name="Requests">Makes the requests, sent one after the other.</param>
internal sealed record HttpCase(string Name, Func<IEnumerable<HttpRequestMessage>> Requests)
{
    public Worlds.ServedApp App { get; init; } = Worlds.ServedApp.Gallery;

    /// <summary>The program's own Kestrel speaks nothing newer on a cleartext port.</summary>
    public bool Http1Only { get; init; }

    /// <summary>Over HTTP/1.1 it depends on the moment whether the caller sees the answer or a closed connection.</summary>
    public bool Http2Only { get; init; }

    public async Task<string> ObserveAsync(Worlds.ServerWorld world, bool http2)
    {
        using var client = world.ClientOf(App, http2);
        var transcripts = new List<string>();
        foreach (var request in Requests())
        {
            using (request)
            {
                transcripts.Add(await Transcript.OfAsync(client, request));
            }
        }

        return string.Join("\n---\n", transcripts);
    }
}
